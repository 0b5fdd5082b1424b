import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test.each([
  ['a color', '\u001b[31mred', '\\u001b[31mred'],
  ['the title of a window', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
  ['an 8-bit control sequence', '\u009b2J', '\\u009b2J'],
  [
    'line breaks of all kinds',
    'a\r\nb\u0085c\u2028d\u2029e\u000bf\u000cg',
    'a\\u000d\\u000ab\\u0085c\\u2028d\\u2029e\\u000bf\\u000cg',
  ],
  ['a direction that is turned around', 'txt.\u202eexe', 'txt.\\u202eexe'],
  ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
  ['characters without a width', 'a\u200bb\u200dc\ufeffd\u00ade\u2060f', 'a\\u200bb\\u200dc\\ufeffd\\u00ade\\u2060f'],
  ['a filler that is called a letter', 'a\u3164b\uffa0', 'a\\u3164b\\uffa0'],
  ['tags beyond the basic plane', 'a\u{e0041}', 'a\\udb40\\udc41'],
  ['half a character', 'a\ud800', 'a\\ud800'],
  ['a tab and a backspace', 'a\tb\b', 'a\\u0009b\\u0008'],
])('%s becomes visible', (_what, text, visible) => {
  expect(printable(text)).toBe(visible)
  expect(stripVTControlCharacters(printable(text))).toBe(visible)
})

test.each(['plain text, ~!@#', 'tökén', '令牌', '👍', 'مرحبا', 'e\u0301', '█░ ✓ → …'])('%s stays unchanged', (text) => {
  expect(printable(text)).toBe(text)
})

test('JSON keeps its value', () => {
  const value = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code))
    .concat('\u{e0041}\ud800')
    .join('')
  const text = printable(JSON.stringify({ [value]: value }))
  expect(JSON.parse(text)).toEqual({ [value]: value })
  expect(printable(text)).toBe(text)
})
