import { expect, test } from 'vitest'
import { outboxSchemaSql } from './index.ts'

/** The newest version: the one that new tables have. */
const newest = Number(/version\(version\)\s*VALUES\s*\('?(\d+)/i.exec(outboxSchemaSql())?.[1])

test('the tables of an older version are brought up to date', () => {
  expect(newest).toBeGreaterThan(40)
  expect(outboxSchemaSql({ from: newest - 1 })).toContain(`version = '${newest}'`)
})

test('nothing is to do for tables of the newest version, except for the rights of a role', () => {
  expect(outboxSchemaSql({ from: newest })).toBe(`-- Tables of version ${newest} are up to date.`)
  expect(outboxSchemaSql({ from: newest, role: 'worker' })).toContain('GRANT USAGE ON SCHEMA backend_logout TO worker;')
})

test.each([1, 20, newest + 1, 999_999])('tables of version %d cannot be brought up to date', (from) => {
  expect(() => outboxSchemaSql({ from })).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringMatching(
        new RegExp(`^from must be the version of the existing tables, \\d+ to ${newest}\\.`),
      ),
    }),
  )
})

test.each(['schema', 'role'])('%s must be a text, and not only become one', (option) => {
  for (const value of [null, 7, ['web'], 'a"b']) {
    expect(() => outboxSchemaSql({ [option]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(option) }),
    )
  }
})
