// The three forms of a date that RFC 9110 §5.6.7 knows. Engines parse far more, some of it nonsense ("5 potatoes").
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?: GMT| \d{4})$/

/**
 * Reads a `Retry-After` header, which is a number of seconds or a date.
 *
 * @param now Wall-clock time in milliseconds since the epoch, for a date.
 * @returns Milliseconds to wait, never negative; `undefined` where the header is missing or makes no sense.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 §10.2.3}
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  // Some providers send fractions, although the grammar has whole seconds only.
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1000)
  if (!HTTP_DATE.test(text)) return undefined
  const at = Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
