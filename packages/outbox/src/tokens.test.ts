import { fingerprintToken } from '@backend-logout/core'
import { describe, expect, test } from 'vitest'
import { createFingerprint } from './fingerprint.ts'
import { readTokens } from './tokens.ts'

const DAY = 86_400_000
const fingerprint = createFingerprint(undefined)
const jwt = (exp: number): string => `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`

describe('readTokens()', () => {
  test('fingerprints tokens as core does, the refresh token first', async () => {
    const { about } = readTokens(
      { accessToken: 'the-access', refreshToken: 'the-refresh' },
      undefined,
      DAY,
      fingerprint,
    )
    expect(about.tokens).toMatchObject([
      { tokenType: 'refresh_token', fingerprint: await fingerprintToken('the-refresh') },
      { tokenType: 'access_token', fingerprint: await fingerprintToken('the-access') },
    ])
  })

  test('takes the expiry from the token, else from the caller, else from the maximum', () => {
    const exp = Math.floor(Date.now() / 1000) + 60
    const given = new Date(Date.now() + 5 * DAY)
    const { about } = readTokens({ accessToken: jwt(exp), refreshToken: 'opaque' }, given, DAY, fingerprint)
    expect(about.tokens.map(({ expiresAt }) => expiresAt)).toEqual([given.getTime(), exp * 1000])
    const [unknown] = readTokens({ accessToken: 'opaque' }, undefined, DAY, fingerprint).about.tokens
    expect(unknown?.expiresAt).toBeGreaterThan(Date.now() + DAY - 60_000)
    expect(unknown?.expiresAt).toBeLessThanOrEqual(Date.now() + DAY)
  })

  test('prefers the expiry of the tokens to the one for all', () => {
    const expiresAt = Date.now() + DAY
    const { about } = readTokens({ accessToken: 'opaque', expiresAt }, Date.now() + 2 * DAY, DAY, fingerprint)
    expect(about.tokens[0]?.expiresAt).toBe(expiresAt)
  })

  test.each([
    ['no object', undefined],
    ['nothing', {}],
    ['a token response', { access_token: 'x' }],
    ['a refresh token of another name beside an access token', { accessToken: 'x', refresh_token: 'y' }],
    ['only an ID token', { idToken: 'x' }],
    ['an empty token', { accessToken: '' }],
    ['a value that is not a string', { refreshToken: 5 }],
    ['an endless token', { accessToken: 'x'.repeat(65_537) }],
    ['a time in seconds', { accessToken: 'x', expiresAt: 1_800_000_000 }],
    ['an invalid date', { accessToken: 'x', expiresAt: new Date('never') }],
  ])('refuses %s', (_, tokens) => {
    expect(() => readTokens(tokens as never, undefined, DAY, fingerprint)).toThrow(
      expect.objectContaining({ name: 'OutboxError', code: 'invalid_argument' }),
    )
  })
})

test.each([[undefined], ['a secret of the application']])(
  'tokens are named as fingerprintToken() does with the key %s',
  async (key) => {
    const { about } = readTokens({ accessToken: 'tökén' }, undefined, DAY, createFingerprint(key))
    expect(about.tokens[0]?.fingerprint).toBe(await fingerprintToken('tökén', key))
  },
)

test.each([['fifteen bytes..'], [new Uint8Array(32)], [7]])('%j is not a fingerprint key', (key) => {
  expect(() => createFingerprint(key as string)).toThrow(/^fingerprintKey must be a string of at least 16/)
})
