import { expect, test } from 'vitest'
import { describeDatabaseError } from './database-error.ts'
import { NotPrivateError } from './ownership.ts'
import { printable } from './printable.ts'

test.each([
  ['\u001b[2J\u001b]0;title\u0007', String.raw`\u001b[2J\u001b]0;title\u0007`],
  ['a\r\nb', String.raw`a\u000d\u000ab`],
  ['\u009b31m', String.raw`\u009b31m`],
  ['\u202egnp.exe\u2066', String.raw`\u202egnp.exe\u2066`],
  ['a\u2028b\u2029c\u200bd', String.raw`a\u2028b\u2029c\u200bd`],
  ['\ud800', String.raw`\ud800`],
  ['\u{e0001}', String.raw`\udb40\udc01`],
  ['Zürich, 東京, 🦊', 'Zürich, 東京, 🦊'],
])('printable() makes %j readable', (text, readable) => {
  expect(printable(text)).toBe(readable)
})

test('errors contain no control characters, whatever their source', () => {
  const error = describeDatabaseError(new Error('duplicate key \u001b[2K\rall is well'))
  expect(error.message).not.toMatch(/[\p{C}]/u)
  expect(new NotPrivateError('/outbox/\u001b]52;c;x\u0007 belongs to user 7').message).not.toMatch(/[\p{C}]/u)
})
