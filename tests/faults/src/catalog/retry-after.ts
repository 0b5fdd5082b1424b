import { expect } from 'vitest'
import { answer, inTurn } from '../behaviors.ts'
import { either, fails, type Row, succeeds } from '../row.ts'
import { json } from './bodies.ts'

const introspection = json({ active: false })

const CODES = { 429: 'rate_limited', 503: 'provider_unavailable' } as const

/** An HTTP date this number of seconds from now. */
const dateIn = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString()

/** Values that let the call continue; the wait that they require, in milliseconds. */
const BEARABLE: Record<string, { value: () => string; waitMs?: number }> = {
  '0': { value: () => '0' },
  '1': { value: () => '1', waitMs: 1_000 },
  '-1, which is not a number of seconds': { value: () => '-1' },
  '0.2, which is not one either': { value: () => '0.2' },
  'a date in the past': { value: () => dateIn(-3600) },
  'the beginning of time': { value: () => 'Thu, 01 Jan 1970 00:00:00 GMT' },
  // A date has no fractions, so the wait may be up to one second shorter.
  'a date in the near future': { value: () => dateIn(2), waitMs: 1_000 },
  'an obsolete form of date, in the past': { value: () => 'Sunday, 06-Nov-94 08:49:37 GMT' },
  'no value': { value: () => '' },
  'a word': { value: () => 'soon' },
  'a number and a word': { value: () => '3600 potatoes' },
  'an exponent': { value: () => '1e9' },
  Infinity: { value: () => 'Infinity' },
  'a hexadecimal number': { value: () => '0xffff' },
  'an impossible date': { value: () => 'Mon, 99 Foo 2099 25:61:61 GMT' },
  'a long text': { value: () => 'later '.repeat(500) },
}

/** Values that exceed any deadline: the call fails immediately, and reports the reason. */
const UNBEARABLE: Record<string, () => string> = {
  'an hour': () => '3600',
  'a thousand years': () => '31536000000',
  'a date in an hour': () => dateIn(3600),
  'the end of time': () => 'Fri, 31 Dec 9999 23:59:59 GMT',
}

/** 429 and 503 with every form of `Retry-After`. */
export const retryAfter: readonly Row[] = ([429, 503] as const).flatMap((status) => [
  ...Object.entries(BEARABLE).flatMap(([name, { value, waitMs = 0 }]): Row[] => {
    const refuse: Row['behave'] = (exchange) => answer({ status, headers: { 'retry-after': value() } })(exchange)
    const afterward: Row['afterward'] = ({ requests }) => {
      for (const [index, { at, body }] of requests.entries()) {
        const again = requests.slice(index + 1).find((later) => later.body === body)
        // Timers may be a few milliseconds early, never more.
        if (again) expect(again.at - at).toBeGreaterThanOrEqual(waitMs - 20)
      }
    }
    return [
      { name: `${status} with ${name}`, behave: refuse, ...either(fails(CODES[status])), afterward },
      {
        name: `${status} with ${name}, and then success`,
        behave: alternately(refuse, answer(introspection)),
        ...either(succeeds(2)),
        afterward,
      },
    ]
  }),
  ...Object.entries(UNBEARABLE).map(
    ([name, value]): Row => ({
      name: `${status} with ${name}`,
      behave: (exchange) => answer({ status, headers: { 'retry-after': value() } })(exchange),
      ...either(fails(CODES[status], { attempts: 1 })),
      afterward: (_, fates) => {
        for (const { error } of fates) {
          expect(error?.retryAfterMs).toBeGreaterThan(3_000_000)
          expect(error?.message).toContain('Retry-After')
        }
      },
    }),
  ),
  {
    name: `${status} with 5, which is beyond the deadline`,
    behave: answer({ status, headers: { 'retry-after': '5' } }),
    ...either(fails(CODES[status], { attempts: 1, details: { retryAfterMs: 5_000 } })),
    limits: { deadlineMs: 4_000 },
  },
  {
    name: `${status} as often as there are attempts`,
    behave: answer({ status, headers: { 'retry-after': '0' } }),
    ...either(fails(CODES[status], { attempts: 4 })),
    limits: { retries: 3 },
  },
  {
    name: `${status} without retries`,
    behave: answer({ status }),
    ...either(fails(CODES[status], { attempts: 1 })),
    limits: { retries: 0 },
  },
])

/** Refuses each token at first. */
function alternately(first: Row['behave'], second: Row['behave']): Row['behave'] {
  return inTurn(first, second, first, second)
}
