import type { TransportResponse } from './transport.ts'

// The three forms of a date that RFC 9110 §5.6.7 knows. Engines parse far more, some of it nonsense ("5 potatoes").
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?: GMT| \d{4})$/
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
/** Numbers at or above this are points in time, in seconds since 1970 (2001 and later); below, they are durations. */
const EPOCH_SECONDS = 1e9
const EPOCH_MILLISECONDS = 1e11

/** The headers that say when a limit resets. Some providers use them without `Retry-After`. */
const RESET = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset', 'x-ratelimit-reset-after']
const REMAINING = ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining']

/**
 * Returns how long a failed request has to wait before the next one, in milliseconds, as the provider states it:
 * `Retry-After` (RFC 9110 §10.2.3) or `retry-after-ms` at any status; and, where the limit is used up (429, or nothing
 * remains), the reset time in `RateLimit`, `RateLimit-Reset`, `X-RateLimit-Reset` or `X-Rate-Limit-Reset`.
 *
 * @param throttled Whether status or body already say that a limit was exceeded.
 * @param wallNow Milliseconds since the epoch. The answer's own `Date` comes first, so clocks need not agree.
 * @returns Never negative; `undefined` where the provider does not say.
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ | draft-ietf-httpapi-ratelimit-headers}
 */
export function requestedWait(
  headers: TransportResponse['headers'],
  throttled: boolean,
  wallNow: number,
): number | undefined {
  const now = parseDate(headers.get('date')) ?? wallNow
  const ms = parseNumber(headers.get('retry-after-ms'))
  if (ms !== undefined) return Math.ceil(ms)
  return parseRetryAfter(headers.get('retry-after'), now) ?? resetAfter(headers, throttled, now)
}

function resetAfter(headers: TransportResponse['headers'], throttled: boolean, now: number): number | undefined {
  const limits = parseRateLimit(headers.get('ratelimit'))
  const used = limits.filter(({ remaining }) => remaining === 0)
  const none = (name: string): boolean => parseNumber(headers.get(name)) === 0
  if (!throttled && !used.length && !REMAINING.some(none)) return undefined
  const waits = (used.length ? used : limits).flatMap(({ reset }) => reset ?? [])
  if (waits.length) return Math.max(...waits) * 1000
  for (const name of RESET) {
    const wait = parseReset(headers.get(name), now)
    if (wait !== undefined) return wait
  }
  return undefined
}

/**
 * Reads a `Retry-After` header, which is a number of seconds or a date.
 *
 * @param now Wall-clock time in milliseconds since the epoch, for a date.
 * @returns Milliseconds to wait, never negative; `undefined` where the header is missing or makes no sense.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 §10.2.3}
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  // Some providers send fractions, although the grammar has whole seconds only.
  const seconds = parseNumber(value)
  if (seconds !== undefined) return Math.ceil(seconds * 1000)
  const at = parseDate(value)
  return at === undefined ? undefined : Math.max(0, at - now)
}

/** Reads a reset time: a duration in seconds, or a point in time as seconds, milliseconds or a date. */
function parseReset(value: string | null, now: number): number | undefined {
  const number = parseNumber(value)
  if (number !== undefined && number < EPOCH_SECONDS) return Math.ceil(number * 1000)
  const at = number === undefined ? parseDate(value) : number < EPOCH_MILLISECONDS ? number * 1000 : number
  return at === undefined ? undefined : Math.max(0, Math.ceil(at - now))
}

interface Limit {
  readonly remaining: number | undefined
  /** Seconds. */
  readonly reset: number | undefined
}

/** Reads `RateLimit`: `"default";r=0;t=30` for each policy, or `limit=10, remaining=0, reset=30` in older drafts. */
function parseRateLimit(value: string | null): Limit[] {
  if (!value) return []
  const lists = /\b(?:remaining|reset)\s*=/i.test(value) ? [value] : value.slice(0, 2_000).split(',')
  return lists.map((text) => {
    const read = (name: string): number | undefined =>
      parseNumber(text.match(new RegExp(`(?:^|[\\s,;])(?:${name})\\s*=\\s*([\\d.]+)`, 'i'))?.[1])
    return { remaining: read('r|remaining'), reset: read('t|reset') }
  })
}

function parseNumber(value: string | null | undefined): number | undefined {
  const text = value?.trim()
  return text && /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

function parseDate(value: string | null | undefined): number | undefined {
  const text = value?.trim() ?? ''
  if (!HTTP_DATE.test(text) && !ISO_DATE.test(text)) return undefined
  const at = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(at) ? undefined : at
}
