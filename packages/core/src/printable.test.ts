import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'
import { UNPRINTABLE } from './testing/unprintable.ts'

test('printable() leaves visible characters unchanged', () => {
  for (const text of ['', 'plain text, (with) "marks" & \\backslashes\\', 'é ü 金丝雀 дом שלום سلام', '😀 👍🏽 € §']) {
    expect(printable(text)).toBe(text)
  }
})

test('printable() shows invisible characters', () => {
  expect(printable('one\r\ntwo\tthree')).toBe(String.raw`one\r\ntwo\tthree`)
  expect(printable('\u001b[31mrevoked\u001b[0m')).toBe(String.raw`\u{1b}[31mrevoked\u{1b}[0m`)
  expect(printable('a\u202eb\u2069c')).toBe(String.raw`a\u{202e}b\u{2069}c`)
  expect(printable('\ud800 \udc00')).toBe(String.raw`\u{d800} \u{dc00}`)
  expect(printable('\u{e0041}')).toBe(String.raw`\u{e0041}`)
})

test.each(UNPRINTABLE)('printable() escapes every character of %s', (_what, from, to) => {
  for (let code = from; code <= to; code++) {
    const character = String.fromCodePoint(code)
    const shown = printable(`a${character}b`)
    expect(shown).not.toContain(character)
    expect(shown).toMatch(/^a\\(?:[nrt]|u\{[\da-f]+\})b$/)
  }
})

test('printable() returns only visible characters for any input, and does not change them again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printable(text)
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      expect(shown.isWellFormed()).toBe(true)
      expect(printable(shown)).toBe(shown)
    }),
  )
})
