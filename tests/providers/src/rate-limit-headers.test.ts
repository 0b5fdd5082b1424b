import { describeBehavior, everywhere } from './behavior.ts'
import type { Answering } from './stand-in.ts'

/** Throttles the first request for a second, and notices one that comes too early. */
function throttled(headers: () => Readonly<Record<string, string>>): Answering {
  return ({ earlier, sinceLastMs }) => {
    if (earlier === 0) return { status: 429, headers: headers() }
    return sinceLastMs >= 900 ? {} : { status: 400, body: { error: 'too_early' } }
  }
}

const seconds = (from: number): string => `${Math.ceil(Date.now() / 1000) + from}`
// Points in time have whole seconds, and are measured from the response's `Date`, which also has whole seconds.
const hints: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'X-Rate-Limit-Reset, as a point in time': () => ({ 'x-rate-limit-reset': seconds(1) }),
  'X-RateLimit-Reset, as a duration': () => ({ 'x-ratelimit-reset': '1' }),
  'RateLimit-Reset': () => ({ 'ratelimit-reset': '1' }),
  RateLimit: () => ({ ratelimit: '"default";r=0;t=1' }),
  'RateLimit of older drafts': () => ({ ratelimit: 'limit=10, remaining=0, reset=1' }),
  'X-RateLimit-Reset-After': () => ({ 'x-ratelimit-reset-after': '0.95' }),
  'X-Rate-Limit-Reset, as a date': () => ({ 'x-rate-limit-reset': new Date(Date.now() + 2_000).toISOString() }),
  'Retry-After twice': () => ({ 'retry-after': '0, 1' }),
  'Retry-After with a unit': () => ({ 'retry-after': '1s' }),
  'Retry-After as a date by a clock that is an hour ahead': () => ({
    date: new Date(Date.now() + 3_600_000).toUTCString(),
    'retry-after': new Date(Date.now() + 3_602_000).toUTCString(),
  }),
  'retry-after-ms': () => ({ 'retry-after-ms': '1000' }),
}

describeBehavior('rate-limit-headers', () => {
  for (const [title, headers] of Object.entries(hints)) {
    everywhere(title, throttled(headers), { state: 'accepted', requests: 2 })
  }
})
