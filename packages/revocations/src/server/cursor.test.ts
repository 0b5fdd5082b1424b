import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCursor } from '../page.ts'
import { readCursor, upTo, writeCursor } from './cursor.ts'

/**
 * The largest number that Postgres has for a row. There are twice as many transaction numbers; no server has reached
 * either limit.
 */
const MAX_ID = 2n ** 63n - 1n
const snapshot = fc
  .record({
    xmin: fc.bigInt({ min: 3n, max: 2n ** 64n - 1001n }),
    length: fc.nat(1000),
    running: fc.uniqueArray(fc.nat(1000), { maxLength: 300 }),
  })
  .map(({ xmin, length, running }) => {
    const xids = running.filter((offset) => offset < length).sort((a, b) => a - b)
    return `${xmin}:${xmin + BigInt(length)}:${xids.map((offset) => xmin + BigInt(offset)).join(',')}`
  })
const cursor = fc
  .record({
    history: fc.stringMatching(/^[0-9a-f]{12}$/),
    start: fc.stringMatching(/^[0-9a-f]{1,16}$/),
    to: snapshot,
    anchor: fc.option(
      fc.record({
        id: fc.bigInt({ min: 1n, max: MAX_ID }).map(String),
        until: fc.bigInt({ min: 0n, max: MAX_ID }).map(String),
        hash: fc.stringMatching(/^[0-9a-f]{12}$/),
      }),
      { nil: undefined },
    ),
    page: fc.option(
      fc.record({ from: fc.option(snapshot, { nil: undefined }), id: fc.bigInt({ min: 0n, max: MAX_ID }).map(String) }),
      { nil: undefined },
    ),
  })
  .map(({ anchor, page, ...rest }) => ({ ...rest, ...(anchor && { anchor }), ...(page && { page }) }))

test('a cursor survives the wire unchanged, and fits into a request', () => {
  fc.assert(
    fc.property(cursor, (cursor) => {
      const text = writeCursor(cursor)
      expect(isCursor(text)).toBe(true)
      expect(readCursor(text)).toEqual(cursor)
    }),
  )
})

test('a number beyond 2^53 is not rounded', () => {
  const to = '9007199254740993:9007199254740995:9007199254740994'
  const cursor = { history: '0123456789ab', start: '19abc', to, page: { from: undefined, id: '9007199254740993' } }
  expect(readCursor(writeCursor(cursor))).toEqual(cursor)
})

test('anything else is not a cursor, and a cursor contains only numbers for Postgres', () => {
  const odd = fc.oneof(
    fc.string(),
    cursor
      .map(writeCursor)
      .chain((text) =>
        fc
          .tuple(fc.nat(text.length), fc.string({ minLength: 1 }))
          .map(([at, more]) => text.slice(0, at) + more + text.slice(at)),
      ),
  )
  fc.assert(
    fc.property(odd, (text) => {
      const read = readCursor(text)
      for (const snapshot of [read?.to, read?.page?.from]) {
        if (snapshot !== undefined) expect(snapshot).toMatch(/^\d+:\d+:(?:\d+(?:,\d+)*)?$/)
      }
      for (const number of [read?.page?.id, read?.anchor?.id]) expect(number ?? '0').toMatch(/^\d{1,20}$/)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['20:30:21,25', '29', '20:30:21,25'],
  ['20:30:21,25', '99', '20:30:21,25'],
  ['20:30:21,25', '24', '20:25:21'],
  ['20:30:21,25', '20', '20:21:'],
  ['20:30:21,25', '7', '8:8:'],
  ['20:30:', '25', '20:26:'],
  ['20:30:', '0', '1:1:'],
])('the snapshot %s up to row %s is %s', (snapshot, newest, limited) => {
  expect(upTo(newest, snapshot)).toBe(limited)
})
