import { fingerprintToken } from '@backend-logout/node'
import { expect, test } from 'vitest'
import { fingerprint, fingerprintFor } from './fingerprint.ts'
import type { Terminal } from './terminal/terminal.ts'

test.each(['abc', 'tökén', 'x'.repeat(5000)])(
  'the fingerprint of %.10j is that of fingerprintToken()',
  async (token) => {
    expect(fingerprint(token)).toBe(await fingerprintToken(token))
  },
)

const KEY = 'a secret of the application'
const terminalWith = (env: Terminal['env']) => ({ env }) as Terminal

test('with FINGERPRINT_KEY, fingerprints are those of fingerprintToken() with that key', async () => {
  const keyed = await fingerprintFor(terminalWith({ FINGERPRINT_KEY: ` ${KEY}\n` }))
  expect(keyed('tökén')).toBe(await fingerprintToken('tökén', KEY))
  expect((await fingerprintFor(terminalWith({ FINGERPRINT_KEY: ' ' })))('abc')).toBe(fingerprint('abc'))
})

test('a key that is too short is refused, and the message does not repeat it', async () => {
  const error = await fingerprintFor(terminalWith({ FINGERPRINT_KEY: 'too short' })).catch((thrown) => thrown)
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(/^FINGERPRINT_KEY must have at least 16/) })
  expect(error.message).not.toContain('too short')
})
