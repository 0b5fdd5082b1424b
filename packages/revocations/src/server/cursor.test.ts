import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCursor } from '../page.ts'
import { readCursor, writeCursor } from './cursor.ts'

const snapshot = fc
  .record({
    xmin: fc.integer({ min: 3, max: 2 ** 48 }),
    length: fc.nat(1000),
    running: fc.uniqueArray(fc.nat(1000), { maxLength: 300 }),
  })
  .map(({ xmin, length, running }) => {
    const xids = running.filter((offset) => offset < length).sort((a, b) => a - b)
    return `${xmin}:${xmin + length}:${xids.map((offset) => xmin + offset).join(',')}`
  })
const cursor = fc
  .record({
    history: fc.stringMatching(/^[0-9a-f]{12}$/),
    to: snapshot,
    page: fc.option(fc.record({ from: fc.option(snapshot, { nil: undefined }), id: fc.nat() }), { nil: undefined }),
  })
  .map(({ page, ...rest }) => ({ ...rest, ...(page && { page }) }))

test('a cursor comes back from the wire as it was, and fits into a request', () => {
  fc.assert(
    fc.property(cursor, (cursor) => {
      const text = writeCursor(cursor)
      expect(isCursor(text)).toBe(true)
      expect(readCursor(text)).toEqual(cursor)
    }),
  )
})

test('anything else is no cursor, and what is one can be nothing but numbers for Postgres', () => {
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
      if (read?.page) expect(Number.isSafeInteger(read.page.id)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
