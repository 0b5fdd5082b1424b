import { expect, test } from 'vitest'
import { maskEchoes } from './echo-mask.ts'

const TOKEN = 'a token/of 1234'
const SECRET = 'the-secret-value'
const masked = (value: unknown): unknown => maskEchoes(value, [TOKEN, SECRET, undefined, 'abc'])

test.each([
  ['unchanged', `x ${TOKEN} y`, 'x [masked] y'],
  [
    'as a part of a form',
    `token=${encodeURIComponent(TOKEN)}&client_secret=${SECRET}`,
    'token=[masked]&client_secret=[masked]',
  ],
  ['in lower-case percent-encoding', 'a+token%2fof 1234 a%20token%2fof%201234', '[masked]'],
  ['in capitals', SECRET.toUpperCase(), '[masked]'],
  ['as a Basic credential', `Basic ${btoa(`app:${SECRET}`)}`, 'Basic [masked]'],
  ['in base64 after other text', `x-${btoa(TOKEN)}`, '[masked]'],
  ['in base64url', Buffer.from(`${TOKEN}?`).toString('base64url'), '[masked]'],
  ['in hexadecimal', `0x${Buffer.from(SECRET).toString('hex')}`, '0x[masked]'],
  ['in hexadecimal after a digit', `1${Buffer.from(SECRET).toString('hex')}`, '[masked]'],
  ['in base64 after an encoding', btoa(`app:${encodeURIComponent(TOKEN)}`), '[masked]'],
])('a secret that the provider echoes is masked %s', (_what, echo, expected) => {
  expect(masked({ active: true, echo, in: [{ [SECRET]: echo }] })).toEqual({
    active: true,
    echo: expected,
    in: [{ '[masked]': expected }],
  })
})

test('everything else is unchanged', () => {
  const answer = {
    active: true,
    exp: 1,
    scope: 'openid abc',
    sub: 'u-1',
    jti: 'deadbeefdeadbeef',
    aud: ['a'],
    act: null,
  }
  expect(masked(answer)).toEqual(answer)
})

test('a response of many levels is copied', () => {
  expect(JSON.stringify(masked(JSON.parse(`${'['.repeat(60_000)}${']'.repeat(60_000)}`)))).toContain('[masked]')
})
