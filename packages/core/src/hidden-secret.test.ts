import { describe, expect, test } from 'vitest'
import { hiddenIn } from './hidden-secret.ts'
import { redactor } from './redaction.ts'

const SECRET = 'canary+Token/with=All~kinds.of-it_0123456789'
const hex = (text: string): string => Buffer.from(text).toString('hex')
const base64 = (text: string): string => btoa(text)
const percent = (text: string): string => hex(text).replace(/../g, (pair) => `%${pair}`)

describe('hiddenIn() finds a secret', () => {
  test.each([
    ['as it is', SECRET],
    ['in capitals', SECRET.toUpperCase()],
    ['in hexadecimal', hex(SECRET)],
    ['in hexadecimal in capitals', hex(SECRET).toUpperCase()],
    ['in hexadecimal with colons', hex(SECRET).replace(/..(?=.)/g, '$&:')],
    ['in percent-encoding of everything', percent(SECRET)],
    ['in HTML entities', SECRET.replace(/./g, (character) => `&#${character.charCodeAt(0)};`)],
    [
      'in hexadecimal HTML entities',
      SECRET.replace(/./g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
    ],
    ['in named HTML entities', 'a&amp;b&lt;c&gt;d&quot;e&gt;and more', 'a&b<c>d"e>and more'],
    [
      'in escapes of JSON',
      SECRET.replace(/./g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in escapes of JavaScript', hex(SECRET).replace(/../g, (pair) => `\\x${pair}`)],
    [
      'in escapes of JavaScript with braces',
      SECRET.replace(/./g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`),
    ],
    ['in HTML entities with leading zeros', SECRET.replace(/./g, (character) => `&#000${character.charCodeAt(0)}`)],
    ['behind backslashes', SECRET.replace(/./g, '\\$&')],
    ['in base64', base64(SECRET)],
    ['in base64 of base64', base64(base64(SECRET))],
    ['in hexadecimal of base64', hex(base64(SECRET))],
    ['in percent-encoded hexadecimal', percent(hex(SECRET))],
    ['in base64 of capitals', base64(SECRET.toUpperCase())],
    ['in part', hex(SECRET.slice(5, 17))],
  ])('%s', (_what, text, secret = SECRET) => {
    const folded = secret.toLowerCase()
    expect(hiddenIn(`the answer: ${text} (end)`, ['another', folded])).toEqual([folded])
    expect(redactor([secret])(`the answer: ${text} (end)`)).toContain('[masked]')
    expect(hiddenIn(`the answer: ${text} (end)`, ['something-else-entirely'])).toEqual([])
  })
})

test.each([
  'invalid_token',
  'The token was issued to another client.',
  '7f3c9b1e-2f0d-4c58-9d8a-6f1f0b3c2a11',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  'Root=1-67891233-abcdef012345678912345678',
])('%j matches no secret', (text) => {
  expect(hiddenIn(text, [SECRET.toLowerCase()])).toEqual([])
  expect(redactor([SECRET])(text)).toBe(text)
})

test('the remaining text is printable', () => {
  expect(redactor([SECRET])('refused\u001b[2Jrevoked\r\n\u202e\u2028')).toBe(
    String.raw`refused\u{1b}[2Jrevoked\r\n\u{202e}\u{2028}`,
  )
})

test('a token of 64 KiB and a text that was chosen for it take little time', () => {
  const secret = 'aB3-'.repeat(16_384)
  const texts = ['%61B3'.repeat(240), 'aB2-'.repeat(300), hex('aB3_'.repeat(150)), base64('aB3!'.repeat(220))]
  const start = process.cpuUsage()
  for (let round = 0; round < 5; round++) for (const text of texts) redactor([secret])(text)
  const { user } = process.cpuUsage(start)
  // Processor time, not elapsed time; the promised bound is 20 ms.
  expect(user / 20_000).toBeLessThan(20)
})
