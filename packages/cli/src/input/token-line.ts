import type { Line } from './line-reader.ts'
import { whyNoToken } from './no-token.ts'

/** A parsed line: a token to revoke, or the problem with the line. */
export type TokenLine =
  | { readonly token: string; readonly hint: string | undefined }
  | { readonly token?: never; readonly problem: string }

/** The characters of tokens: printable ASCII without separators and quotes. */
const TOKEN = /^[!#-&(-+\--:<-~]+$/

/**
 * Reads one line: a token, or a JSON object with `token` and, optionally, `token_type_hint`. Blank lines are ignored.
 *
 * Providers return success for unknown tokens (RFC 7009 §2.2), so everything that does not look like a token is refused
 * here. Otherwise, a line that is something else would count as revoked.
 */
export function parseTokenLine({ text, problem }: Line): TokenLine | undefined {
  if (problem !== undefined) return { problem }
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (trimmed.startsWith('{')) return parseObject(trimmed)
  return tokenIn(trimmed)
}

/** Reads a text that is a token, without white space around it. */
export function tokenIn(text: string): TokenLine {
  const problem = whyNoToken(text) ?? (TOKEN.test(text) ? undefined : whyInvalid(text))
  return problem === undefined ? { token: text, hint: undefined } : { problem }
}

function parseObject(text: string): TokenLine {
  let value: Readonly<Record<string, unknown>>
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'The line starts like a JSON object but is not valid JSON.' }
  }
  const { token, token_type_hint: hint } = value
  if (typeof token !== 'string' || token === '') return { problem: 'The JSON object has no "token" that is a string.' }
  if (hint !== undefined && hint !== null && typeof hint !== 'string') {
    return { problem: 'The "token_type_hint" is not a string.' }
  }
  const why = whyNoToken(token.trim())
  return why === undefined ? { token, hint: hint ?? undefined } : { problem: why }
}

function whyInvalid(text: string): string {
  if (/^bearer\s/i.test(text)) return "The line starts with 'Bearer'. Remove it."
  if (/\s/.test(text)) return 'The line has white space inside. Write one token per line.'
  if (/["',;]/.test(text)) {
    return 'The line has quotes, commas or semicolons. Write one token per line, or a JSON object with "token".'
  }
  return 'The line has characters that no token has.'
}
