import type { TransportResponse } from './transport.ts'

// The three forms of a date in RFC 9110 §5.6.7. Engines parse far more, some of it nonsense ("5 potatoes").
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?: GMT| \d{4})$/
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
/** A part of a duration, such as `1m30s`, `500ms` or `30 seconds`. */
const DURATION = /(\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)(?![a-z])/gi
/** Numbers at or above this are points in time, in seconds since 1970 (2001 and later); below, they are durations. */
const EPOCH_SECONDS = 1e9

/** Headers that require a pause, whatever the status. */
const PAUSE = ['retry-after-ms', 'x-retry-after-ms', 'x-ms-retry-after-ms', 'retry-after', 'x-retry-after']
/** Prefixes of providers' rate limit headers. */
const PREFIXES = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-', 'rate-limit-']
/** Names of the header with the time until a limit resets. */
const RESETS = ['reset', 'reset-after', 'retry-after', 'retry-after-seconds', 'reset-ms', 'retry-after-milliseconds']

/**
 * Returns the wait after a failed request that the provider requires, in milliseconds: `Retry-After` (RFC 9110 §10.2.3)
 * or `retry-after-ms` at any status; and, if the limit is used up (429, or nothing remains), the reset time in
 * `RateLimit`, `RateLimit-Reset`, `X-RateLimit-Reset`, `X-Rate-Limit-Reset` and similar ones.
 *
 * @param exceeded Whether status or body say that a limit was exceeded. If they leave that open (`undefined`), a limit of
 *   which nothing remains counts as exceeded.
 * @param wallNow Milliseconds since the epoch. The response's own `Date` takes precedence, so clocks need not agree.
 * @returns Never negative; `undefined` if the provider states none.
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ | draft-ietf-httpapi-ratelimit-headers}
 */
export function requestedWait(
  headers: TransportResponse['headers'],
  exceeded: boolean | undefined,
  wallNow: number,
): number | undefined {
  const now = parseDate(headers.get('date')?.trim()) ?? wallNow
  return waitIn(headers, PAUSE, now) ?? resetAfter(headers, exceeded, now)
}

function resetAfter(
  headers: TransportResponse['headers'],
  exceeded: boolean | undefined,
  now: number,
): number | undefined {
  if (exceeded === false) return undefined
  const limits = parseRateLimit(headers.get('ratelimit'))
  const used = limits.filter(({ remaining }) => remaining === 0)
  const none = (prefix: string): boolean => parseNumber(headers.get(`${prefix}remaining`)) === 0
  if (!exceeded && !used.length && !PREFIXES.some(none)) return undefined
  const waits = (used.length ? used : limits).flatMap(({ reset }) => reset ?? [])
  if (waits.length) return Math.max(...waits) * 1000
  const names = PREFIXES.flatMap((prefix) => RESETS.map((name) => prefix + name))
  return waitIn(headers, names, now)
}

/** The wait in the first of these headers that states one. */
function waitIn(headers: TransportResponse['headers'], names: readonly string[], now: number): number | undefined {
  for (const name of names) {
    const wait = parseWait(headers.get(name), now, /-(?:ms|milliseconds)$/.test(name) ? 1 : 1_000)
    if (wait !== undefined) return wait
  }
  return undefined
}

/**
 * Reads how long to wait: a number, such as the seconds of `Retry-After`, a duration with its unit, or a point in time,
 * as a date or as a number since 1970. If there are several, because of a proxy or a second header, the longest counts.
 *
 * @param now Wall-clock time in milliseconds since the epoch, for a point in time.
 * @param unit The unit of a plain number, in milliseconds.
 * @returns Milliseconds to wait, never negative; `undefined` if the value is missing or invalid.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 §10.2.3}
 */
export function parseWait(value: unknown, now: number, unit = 1_000): number | undefined {
  const text = String(value ?? '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
  const at = parseDate(text)
  if (at !== undefined) return Math.max(0, at - now)
  const waits = text
    .slice(0, 200)
    .split(',')
    .flatMap((part) => waitOf(part, now, unit) ?? [])
  return waits.length ? Math.max(...waits) : undefined
}

function waitOf(text: string, now: number, unit: number): number | undefined {
  // Some providers send fractions, although the grammar has whole seconds only.
  const number = parseNumber(text)
  if (number === undefined) return durationIn(text)
  if (number < EPOCH_SECONDS) return Math.ceil(number * unit)
  let at = number * 1_000
  // Seconds, milliseconds, microseconds or nanoseconds: the one that is a time of this age.
  while (at > 1e14) at /= 1_000
  return Math.max(0, Math.ceil(at - now))
}

function durationIn(text: string): number | undefined {
  let ms = 0
  const rest = text.replace(DURATION, (_part, number: string, unit: string) => {
    ms +=
      Number(number) *
      (/^(?:ms|milli)/i.test(unit) ? 1 : /^s/i.test(unit) ? 1_000 : /^m/i.test(unit) ? 60_000 : 3_600_000)
    return ''
  })
  return rest !== text && rest.trim() === '' ? Math.ceil(ms) : undefined
}

interface Limit {
  readonly remaining: number | undefined
  /** Seconds. */
  readonly reset: number | undefined
}

/** Reads `RateLimit`: `"default";r=0;t=30` for each policy, or `limit=10, remaining=0, reset=30` in older drafts. */
function parseRateLimit(value: string | null): Limit[] {
  if (!value) return []
  // The name of a policy is a string, which may contain anything.
  const items = value.slice(0, 2_000).replace(/"(?:[^"\\]|\\.)*"/g, 'policy')
  const lists = /\b(?:remaining|reset)\s*=/i.test(items) ? [items] : items.split(',')
  return lists.map((text) => {
    const read = (name: string): number | undefined =>
      parseNumber(text.match(new RegExp(`(?:^|[\\s,;])(?:${name})\\s*=\\s*([\\d.]+)`, 'i'))?.[1])
    return { remaining: read('r|remaining'), reset: read('t|reset') }
  })
}

function parseNumber(value: string | null | undefined): number | undefined {
  const text = value?.trim()
  return text && /^\d{1,19}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

function parseDate(text: string | undefined): number | undefined {
  if (text === undefined || (!HTTP_DATE.test(text) && !ISO_DATE.test(text))) return undefined
  const at = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(at) ? undefined : at
}
