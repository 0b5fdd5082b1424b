import { repeatsMember } from './repeated-members.ts'
import { REPEATED } from './token-line.ts'

/** The values in a token response, which may be anything but missing; or the problem with it. */
export type TokenResponse =
  | { readonly accessToken?: unknown; readonly refreshToken?: unknown; readonly problem?: never }
  | { readonly problem: string }

/** As token endpoints name them (RFC 6749 §5.1), and as sessions and the emulator do. */
const ACCESS = ['access_token', 'accessToken'] as const
const REFRESH = ['refresh_token', 'refreshToken'] as const

const NONE = 'The JSON has no "token", "access_token" or "refresh_token" with a value.'

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the JSON of a token response, or the tokens of a session. `null`, an empty text and a missing member are the same.
 * No token is dropped without a word: two values for one token, and another `token` beside them, are a problem.
 *
 * @returns `undefined` if the text is not JSON, or only has `token`
 */
export function readTokenResponse(text: string): TokenResponse | undefined {
  const json = text.trim()
  let fields: Fields
  try {
    fields = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof fields !== 'object' || fields === null) return undefined
  if (repeatsMember(json, [...ACCESS, ...REFRESH, 'token'])) return { problem: REPEATED }
  return tokensIn(fields)
}

function tokensIn(fields: Fields): TokenResponse | undefined {
  const access = valuesOf(fields, ACCESS)
  const refresh = valuesOf(fields, REFRESH)
  const [token] = valuesOf(fields, ['token'])
  if (access.length + refresh.length === 0) return Object.hasOwn(fields, 'token') ? undefined : { problem: NONE }
  for (const [values, [name, other]] of [[access, ACCESS] as const, [refresh, REFRESH] as const]) {
    if (values.length > 1) return { problem: `"${name}" and "${other}" have different values.` }
  }
  if (token !== undefined && !access.includes(token) && !refresh.includes(token)) {
    const hint = fields.token_type_hint ?? 'access_token'
    if (access.length > 0 || hint !== 'access_token') {
      return { problem: 'The JSON object has another token in "token". Write that one in a line of its own.' }
    }
    // As some servers answer: `token` and `refresh_token`.
    access.push(token)
  }
  return {
    ...(access.length > 0 && { accessToken: access[0] }),
    ...(refresh.length > 0 && { refreshToken: refresh[0] }),
  }
}

/** The different values of these members. */
function valuesOf(fields: Fields, names: readonly string[]): unknown[] {
  const own = names.flatMap((name) => (Object.hasOwn(fields, name) ? [fields[name]] : []))
  return [...new Set(own.map((value) => (typeof value === 'string' ? value.trim() : value)))].filter(
    (value) => value !== undefined && value !== null && value !== '',
  )
}
