import { fingerprintToken } from '@backend-logout/core'
import { describe, expect, test } from 'vitest'
import { readEntry, readTokens, sealEntry } from './entry.ts'
import { createKeyring } from './keyring.ts'

const DAY = 86_400_000
const jwt = (exp: number): string => `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`

describe('readTokens()', () => {
  test('names tokens as core does, the refresh token first', async () => {
    const { about } = readTokens({ accessToken: 'the-access', refreshToken: 'the-refresh' }, undefined, DAY)
    expect(about.tokens).toMatchObject([
      { tokenType: 'refresh_token', fingerprint: await fingerprintToken('the-refresh') },
      { tokenType: 'access_token', fingerprint: await fingerprintToken('the-access') },
    ])
  })

  test('takes the expiry from the token itself, else from the caller, else from the maximum', () => {
    const exp = Math.floor(Date.now() / 1000) + 60
    const given = new Date(Date.now() + 5 * DAY)
    const { about } = readTokens({ accessToken: jwt(exp), refreshToken: 'opaque' }, given, DAY)
    expect(about.tokens.map(({ expiresAt }) => expiresAt)).toEqual([given.getTime(), exp * 1000])
    const [unknown] = readTokens({ accessToken: 'opaque' }, undefined, DAY).about.tokens
    expect(unknown?.expiresAt).toBeGreaterThan(Date.now() + DAY - 60_000)
    expect(unknown?.expiresAt).toBeLessThanOrEqual(Date.now() + DAY)
  })

  test('takes the expiry that comes with the tokens before that for all', () => {
    const expiresAt = Date.now() + DAY
    const { about } = readTokens({ accessToken: 'opaque', expiresAt }, Date.now() + 2 * DAY, DAY)
    expect(about.tokens[0]?.expiresAt).toBe(expiresAt)
  })

  test.each([
    ['no object', undefined],
    ['nothing', {}],
    ['only an ID token', { idToken: 'x' }],
    ['an empty token', { accessToken: '' }],
    ['something else than text', { refreshToken: 5 }],
    ['a token without end', { accessToken: 'x'.repeat(65_537) }],
    ['a time in seconds', { accessToken: 'x', expiresAt: 1_800_000_000 }],
    ['an invalid date', { accessToken: 'x', expiresAt: new Date('never') }],
  ])('refuses %s', (_, tokens) => {
    expect(() => readTokens(tokens as never, undefined, DAY)).toThrow(
      expect.objectContaining({ name: 'OutboxError', code: 'invalid_argument' }),
    )
  })
})

describe('sealEntry()', () => {
  test('stores nothing readable but fingerprints and times', async () => {
    const keyring = createKeyring(undefined)
    const { about, secret } = readTokens({ accessToken: 'the-access', refreshToken: 'the-refresh' }, undefined, DAY)
    const data = sealEntry(keyring, about, secret)
    expect(readEntry(data)).toEqual(about)
    expect(keyring.unseal(data.jwe)).toMatchObject({ ok: true, secret })
    expect(Object.keys(data)).toEqual(['jwe'])
  })

  test('leaves out what is done', async () => {
    const keyring = createKeyring(undefined)
    const { about, secret } = readTokens({ accessToken: 'the-access', refreshToken: 'the-refresh' }, undefined, DAY)
    const data = sealEntry(keyring, { ...about, tokens: about.tokens.slice(1) }, secret)
    const unsealed = keyring.unseal(data.jwe)
    expect(unsealed.ok && unsealed.secret).toEqual({ access_token: 'the-access' })
  })

  const listing = (tokens: unknown) => ({
    jwe: `${Buffer.from(JSON.stringify({ at: 1, tokens })).toString('base64url')}..a.b.c`,
  })
  test.each([undefined, null, 5, {}, { jwe: 'x' }, { jwe: 'e30.a.b.c.d' }, listing([1]), listing([null]), listing({})])(
    'finds %j to be none of ours',
    (data) => {
      expect(readEntry(data)).toBeUndefined()
    },
  )
})
