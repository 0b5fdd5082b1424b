import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { singleToken } from '../input/single-token.ts'
import { readSmallInput, type SmallInput } from '../input/small-input.ts'
import { tokenInText } from '../input/token-line.ts'
import { readTokenResponse } from '../input/token-response.ts'
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
  return fromTokenResponse(input) ?? fromSingleToken(singleToken(input))
}

function fromTokenResponse({ text, name }: SmallInput): GivenTokens | undefined {
  const found = readTokenResponse(text)
  if (!found) return undefined
  if (found.problem !== undefined) throw new CommandError(ExitCode.usage, `${name}: ${found.problem}`)
  const accessToken = checked(found.accessToken, 'access_token')
  const refreshToken = checked(found.refreshToken, 'refresh_token')
  return { accessToken, refreshToken, isTyped: true }
}

function checked(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new CommandError(ExitCode.usage, `The "${name}" must be a string.`)
  const found = tokenInText(value)
  if (found.token === undefined)
    throw new CommandError(ExitCode.usage, `The "${name}" is not a token. ${found.problem}`)
  return found.token
}

function fromSingleToken({ token, hint }: { readonly token: string; readonly hint: string | undefined }): GivenTokens {
  const isTyped = hint !== undefined
  return hint === 'refresh_token' ? { refreshToken: token, isTyped } : { accessToken: token, isTyped }
}
