import { invalidOption } from './invalid-option.ts'

const MAX_HEADERS = 64
const MAX_VALUE_LENGTH = 8_192
// Most servers refuse a request whose headers are larger than this as a whole.
const MAX_TOTAL_LENGTH = 16_384

/** Headers that the request sets, and those that concern only the connection to the next host (RFC 9110 §7.6.1). */
const RESERVED =
  /^(?:content-|host$|expect$|proxy-|connection$|keep-alive$|te$|trailers?$|transfer-encoding$|upgrade$|http2-settings$)/

/** Names of credentials: `Authorization`, `X-Auth-Token`, `X-Api-Key`, `DPoP`; but not `X-Authing-App-Id`. */
const CREDENTIAL =
  /authori[sz]ation|authenticat|(?:^|[-_])auth$|token|secret|passw|credential|cookie|assertion|bearer|jwt|dpop|client[-_]?cert|(?:api|access|auth|private|subscription|functions)[-_]?key/

/**
 * Checks the headers that go along with each request.
 *
 * @returns A frozen copy, by lower-case name.
 * @throws LogoutError `invalid_options`; neither a value nor the whole of a foreign name is repeated
 */
export function resolveHeaders(headers: unknown = {}): Readonly<Record<string, string>> {
  // A `Headers` or a `Map` has no properties to read: treated as an object, its headers would be dropped silently.
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    return invalidOption('headers', 'must be a plain object of strings.')
  }
  const resolved = new Map<string, string>()
  let total = 0
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (!/^[!#$%&'*+.^`|~\w-]{1,100}$/.test(name) || name === '__proto__')
      invalidOption('headers', 'must have valid names.')
    const reserved = RESERVED.exec(name)?.[0]
    if (reserved) invalidOption('headers', `must not set ${reserved}: the client sets it.`)
    const credential = CREDENTIAL.exec(name)?.[0]
    if (credential)
      invalidOption('headers', `must not set a credential ('${credential}'): use clientAuth, or your own fetch.`)
    if (resolved.has(name)) invalidOption('headers', 'must not repeat a name.')
    // Visible characters of Latin-1: line breaks would end the header, and the rest fails only when it is sent.
    if (typeof value !== 'string' || !/^[\x20-\x7e\xa0-\xff]+$/.test(value) || value.length > MAX_VALUE_LENGTH) {
      invalidOption('headers', `must have visible text of 1 to ${MAX_VALUE_LENGTH} characters as values.`)
    }
    total += name.length + (value as string).length
    resolved.set(name, value as string)
  }
  if (resolved.size > MAX_HEADERS || total > MAX_TOTAL_LENGTH) {
    invalidOption('headers', `must be at most ${MAX_HEADERS}, with at most ${MAX_TOTAL_LENGTH} characters.`)
  }
  return Object.freeze(Object.fromEntries(resolved))
}
