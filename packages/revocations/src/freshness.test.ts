import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerClock } from './freshness.ts'

test('responses of a log whose clock runs like ours are accepted, however long they take', () => {
  const answer = fc.record({ pause: fc.nat(30_000), there: fc.nat(25_000), back: fc.nat(5_000), drift: fc.nat(25) })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.array(answer), (offset, answers) => {
      const clock = new AnswerClock()
      let now = 1_000
      let drift = 0
      for (const { pause, there, back, ...answer } of answers) {
        const sent = now + pause
        drift -= answer.drift
        const asOf = offset + 1e6 + sent + there + drift
        now = sent + there + back
        expect(clock.accepts(asOf, sent, now)).toBe(true)
      }
    }),
  )
})

test('a response that is older than an earlier one is refused, and the next is accepted only if it continues from there', () => {
  const clock = new AnswerClock()
  expect(clock.accepts(1_000_000, 0, 10)).toBe(true)
  // From a cache, repeatedly.
  for (const sent of [1_000, 2_000, 3_000]) expect(clock.accepts(1_000_000, sent, sent + 10)).toBe(false)
  // The true one.
  expect(clock.accepts(1_004_000, 4_000, 4_010)).toBe(true)
  // The clock was set back by an hour.
  expect(clock.accepts(-2_595_000, 5_000, 5_010)).toBe(false)
  expect(clock.accepts(-2_594_000, 6_000, 6_010)).toBe(true)
})
