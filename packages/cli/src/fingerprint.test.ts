import { fingerprintToken } from '@backend-logout/node'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.ts'

test.each(['abc', 'tökén', 'x'.repeat(5000)])(
  'the fingerprint of %.10j is that of fingerprintToken()',
  async (token) => {
    expect(fingerprint(token)).toBe(await fingerprintToken(token))
  },
)
