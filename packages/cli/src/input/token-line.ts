import { type Line, problemWithAdvice } from './line-reader.ts'
import { separatorIn } from './line-separators.ts'
import { whyNoToken } from './no-token.ts'
import { repeatsMember } from './repeated-members.ts'

/** A parsed line: a token to revoke, or the problem with the line. */
export type TokenLine =
  | { readonly token: string; readonly hint: string | undefined }
  | { readonly token?: never; readonly problem: string }

/** The characters of tokens: printable ASCII without separators and quotes. */
const TOKEN = /^[!#-&(-+\--:<-~]+$/
/** The characters of tokens where their ends are marked (RFC 6749, appendix A.12). */
const MARKED_TOKEN = /^[ -~]+$/
/** The scheme of an `Authorization` header before a token. */
const SCHEME = /^bearer\s/i

/** The message on an object with two members of one name. */
export const REPEATED = 'The JSON object has two members of one name, so it is not clear which value counts.'

/**
 * Reads one line: a token, or a JSON object with `token` and, optionally, `token_type_hint`. Blank lines are ignored.
 *
 * Providers return success for unknown tokens (RFC 7009 §2.2), so everything that does not look like a token is refused
 * here. Otherwise, a line that is something else would count as revoked.
 */
export function parseTokenLine({ text, problem }: Line): TokenLine | undefined {
  if (problem !== undefined) return { problem: problemWithAdvice(problem) }
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (trimmed.startsWith('{')) return parseObject(trimmed)
  return asTokenLine(trimmed, whyNoToken(trimmed) ?? (TOKEN.test(trimmed) ? undefined : whyInvalid(trimmed)))
}

/** Reads a cell of a table, or the member of a JSON object that stands for one, without white space around it. */
export function tokenInCell(text: string): TokenLine {
  return asTokenLine(text, whyNoToken(text) ?? (TOKEN.test(text) ? undefined : whyInvalidCell(text)))
}

/** Reads a text whose ends are marked, such as a member of a JSON object. White space around the token is dropped. */
export function tokenInText(text: string): TokenLine {
  const token = text.trim()
  return asTokenLine(token, whyNoToken(token) ?? characterProblem(token))
}

/** The reason why no token consists of these characters. */
export function characterProblem(text: string): string | undefined {
  if (SCHEME.test(text)) return "The token starts with 'Bearer'. Remove it."
  return MARKED_TOKEN.test(text) ? undefined : 'The token has characters that no token has.'
}

function asTokenLine(token: string, problem: string | undefined): TokenLine {
  return problem === undefined ? { token, hint: undefined } : { problem }
}

function parseObject(text: string): TokenLine {
  let value: Readonly<Record<string, unknown>>
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'The line starts like a JSON object but is not valid JSON.' }
  }
  if (repeatsMember(text, ['token', 'token_type_hint'])) return { problem: REPEATED }
  const { token, token_type_hint: hint } = value
  if (typeof token !== 'string' || token === '') return { problem: 'The JSON object has no "token" that is a string.' }
  if (hint !== undefined && hint !== null && typeof hint !== 'string') {
    return { problem: 'The "token_type_hint" is not a string.' }
  }
  const found = tokenInText(token)
  return found.token === undefined ? found : { ...found, hint: hint ?? undefined }
}

function whyInvalid(text: string): string {
  if (SCHEME.test(text)) return "The line starts with 'Bearer'. Remove it."
  const separator = separatorIn(text)
  if (separator) return `The line has characters that no token has: ${separator}. They may separate lines.`
  if (/\s/.test(text)) return 'The line has white space inside. Write one token per line.'
  if (/["',;]/.test(text)) {
    return 'The line has quotes, commas or semicolons. Write one token per line, or a JSON object with "token".'
  }
  return 'The line has characters that no token has.'
}

function whyInvalidCell(text: string): string {
  const problem = characterProblem(text)
  if (problem !== undefined) return problem
  if (/\s/.test(text)) return 'The token has white space inside.'
  return 'The token has quotes, commas or semicolons inside.'
}
