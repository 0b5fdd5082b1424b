import { describe, expect, it } from 'vitest'
import { everythingIn, leakDetector, makeCanaries } from './canaries.ts'

const canaries = makeCanaries()
const leaksIn = leakDetector(canaries)

describe('the leak detector', () => {
  it('finds 12 characters of any secret, at any position', () => {
    for (const secret of Object.values(canaries)) {
      for (let from = 0; from + 12 <= secret.length; from++) {
        const part = secret.slice(from, from + 12)
        for (let before = 0; before < 14; before++) expect(leaksIn(`${'.'.repeat(before)}${part}...`)).toContain(part)
      }
    }
  })

  it('finds nothing in text without a secret', () => {
    expect(leaksIn('The provider refused the request. '.repeat(100))).toEqual([])
    expect(leaksIn(everythingIn(new Error('no', { cause: makeCanaries() })))).toEqual([])
  })

  it.each(['base64', 'base64url', 'hex'] as const)('finds a secret in %s, after any other text', (encoding) => {
    for (const before of ['', 'a', 'ab', 'abc', 'token=']) {
      expect(leaksIn(Buffer.from(`${before}${canaries.accessToken}`).toString(encoding)).length).toBeGreaterThan(20)
    }
  })

  it('finds a secret that is hidden in an error', () => {
    const secret = canaries.accessToken
    const hidden = [
      new Error(secret),
      new Error('no', { cause: new Error('no', { cause: secret }) }),
      Object.defineProperty(new Error('no'), 'request', { value: { body: [secret] }, enumerable: false }),
      Object.assign(new Error('no'), { [Symbol('body')]: new Map([['token', secret]]) }),
      Object.assign(new Error('no'), { bytes: Buffer.from(secret) }),
      Object.assign(new Error('no'), { toJSON: () => secret }),
      new AggregateError([new Error(secret)]),
    ]
    for (const error of hidden) expect(leaksIn(everythingIn(error)).length).toBeGreaterThan(20)
  })
})
