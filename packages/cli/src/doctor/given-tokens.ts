import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { whyNoToken } from '../input/no-token.ts'
import { singleToken } from '../input/single-token.ts'
import { readSmallInput } from '../input/small-input.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Tokens to examine. They get revoked. */
export interface GivenTokens {
  /** An access token, or a token of an unknown kind. */
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
  /** True if the file states the kind. */
  readonly isTyped: boolean
}

/**
 * Reads the tokens to examine: one token alone, or the JSON of a token response (RFC 6749 §5.1).
 *
 * @throws CommandError without one
 */
export async function readGivenTokens(file: string, terminal: Terminal): Promise<GivenTokens> {
  const input = await readSmallInput(file, terminal)
  return fromTokenResponse(input.text) ?? fromSingleToken(singleToken(input))
}

function fromTokenResponse(text: string): GivenTokens | undefined {
  let fields: Readonly<Record<string, unknown>> | null
  try {
    fields = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof fields !== 'object' || fields === null || 'token' in fields) return undefined
  const tokenOf = (...names: string[]): string | undefined => {
    const value = names.map((name) => fields[name]).find((one) => one !== undefined)
    if (value === undefined) return undefined
    if (typeof value !== 'string' || value === '') {
      throw new CommandError(ExitCode.usage, `The "${names[0]}" must be a string.`)
    }
    const problem = whyNoToken(value.trim())
    if (problem !== undefined) throw new CommandError(ExitCode.usage, `The "${names[0]}" is not a token. ${problem}`)
    return value
  }
  const accessToken = tokenOf('access_token', 'accessToken')
  const refreshToken = tokenOf('refresh_token', 'refreshToken')
  if (!accessToken && !refreshToken) {
    throw new CommandError(ExitCode.usage, 'The JSON has neither "access_token" nor "refresh_token".')
  }
  return { accessToken, refreshToken, isTyped: true }
}

function fromSingleToken({ token, hint }: { readonly token: string; readonly hint: string | undefined }): GivenTokens {
  const isTyped = hint !== undefined
  return hint === 'refresh_token' ? { refreshToken: token, isTyped } : { accessToken: token, isTyped }
}
