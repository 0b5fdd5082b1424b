import type { TransportResponse } from './transport.ts'

// The three forms of a date in RFC 9110 §5.6.7. Engines parse far more, some of it nonsense ("5 potatoes").
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?: GMT| \d{4})$/
/** Other names of GMT, as libraries for mail write them. */
const OTHER_GMT = / (?:UTC?|[+-]0000)$/
const ISO_DATE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(?:Z|UTC|([+-]\d\d):?(\d\d))$/
/** The commas of a list, but not the one in a date. */
const COMMA = /(?<!\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}),/
/** A part of a duration, such as `1m30s`, `500ms` or `30 seconds`. */
const DURATION = /(\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)(?![a-z])/gi
/** Numbers at or above this are points in time, in seconds since 1970 (2001 and later); below, they are durations. */
const EPOCH_SECONDS = 1e9

/** Headers that require a pause, whatever the status. */
const PAUSE = [
  'retry-after-ms',
  'x-retry-after-ms',
  'x-ms-retry-after-ms',
  'retry-after',
  'x-retry-after',
  'retry-after-seconds',
]
/** Prefixes of providers' rate limit headers. */
const PREFIXES = [
  'ratelimit-',
  'x-ratelimit-',
  'x-rate-limit-',
  'rate-limit-',
  'x-ogw-ratelimit-',
  'anthropic-ratelimit-requests-',
]
/** Kinds of limits, at the end of the names of their headers: `reset-tokens` belongs to `remaining-tokens`. */
const KINDS = ['', '-requests', '-tokens']
/** Names of the header with the time until a limit resets. */
const RESETS = [
  'reset',
  'reset-after',
  'reset-in',
  'reset-at',
  'reset-seconds',
  'reset-requests',
  'reset-tokens',
  'resettime',
  'retry-after',
  'retry-after-seconds',
  'reset-ms',
  'retry-after-milliseconds',
]
/** Names of the header with the number of requests that remain. */
const REMAINING = KINDS.map((kind) => `remaining${kind}`)

/**
 * Returns the wait after a failed request that the provider requires, in milliseconds: `Retry-After` (RFC 9110 §10.2.3)
 * or `retry-after-ms` at any status; and, if the limit is used up (429, or nothing remains), the reset time in
 * `RateLimit`, `RateLimit-Reset`, `X-RateLimit-Reset`, `X-Rate-Limit-Reset` and similar ones. Of several limits, only
 * those that are used up count, if the headers tell them apart.
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
  return waitIn(PAUSE, (name) => headers.get(name), now) ?? resetAfter(headers, exceeded, now)
}

function resetAfter(
  headers: TransportResponse['headers'],
  exceeded: boolean | undefined,
  now: number,
): number | undefined {
  if (exceeded === false) return undefined
  const limits = parseRateLimit(headers.get('ratelimit'))
  const used = limits.filter(({ remaining }) => isUsedUp(remaining))
  const names = (parts: readonly string[]) => PREFIXES.flatMap((prefix) => parts.map((name) => prefix + name))
  if (!exceeded && !used.length && !names(REMAINING).some((name) => isUsedUp(headers.get(name)))) return undefined
  const waits = (used.length ? used : limits).flatMap(({ reset }) => parseWait(reset, now) ?? [])
  if (waits.length) return Math.max(...waits)
  return resetOfUsedUp(headers, now) ?? waitIn(names(RESETS), (name) => headers.get(name), now)
}

/** The longest wait for the limits that are used up, if the headers say which those are. */
function resetOfUsedUp(headers: TransportResponse['headers'], now: number): number | undefined {
  const waits = PREFIXES.flatMap((prefix) =>
    KINDS.flatMap((kind) => {
      const remaining = headers.get(`${prefix}remaining${kind}`)
      if (!isUsedUp(remaining)) return []
      const names = RESETS.filter((name) => kindOf(name) === kind).map((name) => prefix + name)
      return waitIn(names, (name) => ofUsedUp(headers.get(name), remaining), now) ?? []
    }),
  )
  return waits.length ? Math.max(...waits) : undefined
}

function kindOf(name: string): string {
  return KINDS.find((kind) => kind && name.endsWith(kind)) ?? ''
}

/** The times of the limits that are used up. With as many numbers as times, they belong together: `0, 9` and `1, 3600`. */
function ofUsedUp(reset: string | null, remaining: string | null): string | null {
  const times = reset?.slice(0, 200).split(COMMA) ?? []
  const numbers = remaining?.split(',') ?? []
  return times.length === numbers.length ? times.filter((_, index) => isUsedUp(numbers[index])).join() : reset
}

/** Checks if no request remains. If there are several limits, one that is used up is enough. */
function isUsedUp(remaining: string | null | undefined): boolean {
  return (remaining ?? '').split(',', 20).some((number) => /^\s*"?(?:-\d{1,19}|0+)(?:\.0+)?"?\s*(?:;|$)/.test(number))
}

/** The wait in the first of these headers that states one. */
function waitIn(names: readonly string[], read: (name: string) => string | null, now: number): number | undefined {
  for (const name of names) {
    const wait = parseWait(read(name), now, /-(?:ms|milliseconds)$/.test(name) ? 1 : 1_000)
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
  const waits = String(value ?? '')
    .trim()
    .slice(0, 200)
    .replace(/^"(.*)"$/, '$1')
    .split(COMMA)
    .flatMap((part) => waitOf(part.trim(), now, unit) ?? [])
  return waits.length ? Math.max(...waits) : undefined
}

function waitOf(text: string, now: number, unit: number): number | undefined {
  const date = parseDate(text)
  if (date !== undefined) return Math.max(0, date - now)
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

/** The unread values of a limit. */
interface Limit {
  readonly remaining: string | undefined
  readonly reset: string | undefined
}

/** Reads `RateLimit`: `"default";r=0;t=30` for each policy, or `limit=10, remaining=0, reset=30` in older drafts. */
function parseRateLimit(value: string | null): Limit[] {
  if (!value) return []
  // The name of a policy is a string, which may contain anything.
  const items = value
    .slice(0, 2_000)
    .replace(/"(?:([-\d.]*)|(?:[^"\\]|\\.)*)"/g, (_quoted, number = 'policy') => number)
  const lists = /\b(?:remaining|reset)\s*=/i.test(items) ? [items] : items.split(',')
  return lists.map((text) => {
    const read = (name: string): string | undefined =>
      text.match(new RegExp(`(?:^|[\\s,;])(?:${name})\\s*=\\s*([-\\w.]+)`, 'i'))?.[1]
    return { remaining: read('r|remaining'), reset: read('t|reset') }
  })
}

function parseNumber(value: string | null | undefined): number | undefined {
  const text = value?.trim()
  return text && /^\d{1,19}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

function parseDate(value: string | undefined): number | undefined {
  const text = value?.replace(OTHER_GMT, ' GMT') ?? ''
  const [, day, time, hours = '+00', minutes = '00'] = value?.match(ISO_DATE) ?? []
  if (day === undefined && !HTTP_DATE.test(text)) return undefined
  const at = Date.parse(day ? `${day}T${time}${hours}:${minutes}` : / \d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(at) ? undefined : at
}
