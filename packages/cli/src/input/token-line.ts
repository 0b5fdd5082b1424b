import type { Line } from './line-reader.ts'

/** What a line asks for: a token to revoke, or what is wrong with it. */
export type TokenLine =
  | { readonly token: string; readonly hint: string | undefined }
  | { readonly token?: never; readonly problem: string }

/** What tokens are made of, more or less: printable ASCII without what separates and quotes. */
const TOKEN = /^[!#-&(-+\--:<-~]+$/
/** Names that columns have in exports; no token looks like this. */
const HEADING = /^(?:(?:access|refresh)[_ -]?)?tokens?$/i

/**
 * Reads one line: a token, or a JSON object with `token` and, if wanted, `token_type_hint`. Blank lines are nothing.
 *
 * Providers answer success for tokens that they do not know (RFC 7009 §2.2), so whatever does not look like a token is
 * refused here: otherwise a line that was meant differently would count as revoked.
 */
export function parseTokenLine({ text, problem }: Line): TokenLine | undefined {
  if (problem !== undefined) return { problem }
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (trimmed.startsWith('{')) return parseObject(trimmed)
  if (TOKEN.test(trimmed) && !HEADING.test(trimmed)) return { token: trimmed, hint: undefined }
  return { problem: whyNoToken(trimmed) }
}

function parseObject(text: string): TokenLine {
  let value: Readonly<Record<string, unknown>>
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'The line starts as a JSON object and is none.' }
  }
  const { token, token_type_hint: hint } = value
  if (typeof token !== 'string' || token === '') return { problem: 'The JSON object has no "token" that is a text.' }
  if (hint !== undefined && hint !== null && typeof hint !== 'string') {
    return { problem: 'The "token_type_hint" is not a text.' }
  }
  return { token, hint: hint ?? undefined }
}

function whyNoToken(text: string): string {
  if (HEADING.test(text)) return 'The line is the heading of a column, and no token.'
  if (/^bearer\s/i.test(text)) return "The line starts with 'Bearer'; give the token alone."
  if (/\s/.test(text)) return 'There is white space inside the line; give one token a line.'
  if (/["',;]/.test(text)) {
    return 'There are quotes, commas or semicolons in the line; give one token a line, or a JSON object with "token".'
  }
  return 'There are characters in the line that no token has.'
}
