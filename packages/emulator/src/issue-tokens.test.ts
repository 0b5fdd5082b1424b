import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { basicHeader, credentials, getUserinfo, postForm } from './testing/wire.ts'

describe.each(['jwt', 'opaque'] as const)('issueTokens() with %s access tokens', (accessTokenFormat) => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator({ accessTokenFormat, cascade: true })
  })
  afterAll(() => emulator.close())

  test('issues the requested number of different, working access tokens', async () => {
    const tokens = await emulator.issueTokens(300)
    expect(new Set(tokens).size).toBe(300)
    expect(emulator.countActive()).toBe(300)
    for (const token of [tokens[0], tokens[299]]) {
      const { status, body } = await getUserinfo(emulator.appHost, token ?? '')
      expect([status, JSON.parse(body).sub]).toEqual([200, 'user'])
    }
  })

  test('issues tokens that are revoked one by one', async () => {
    const [first = '', second = ''] = await emulator.issueTokens(2, { user: 'alice', app: emulator.apps.basic })
    await postForm(`${emulator.issuer}/token/revocation`, { token: first }, basicHeader(emulator.apps.basic))
    expect(await emulator.isActive(first)).toBe(false)
    expect(await emulator.isActive(second)).toBe(true)
  })

  test('issues refresh tokens that work', async () => {
    const [token = ''] = await emulator.issueTokens(1, { kind: 'refresh_token', user: 'alice' })
    const form = { grant_type: 'refresh_token', refresh_token: token, ...credentials(emulator.app) }
    const { status, body } = await postForm(`${emulator.issuer}/token`, form)
    expect(status).toBe(200)
    expect(await emulator.isActive(JSON.parse(body).access_token)).toBe(true)
  })

  test('gives access tokens the requested lifetime', async () => {
    const [token = ''] = await emulator.issueTokens(1, { accessTokenTtl: 77 })
    const { body } = await postForm(`${emulator.issuer}/token/introspection`, { token, ...credentials(emulator.app) })
    const { exp, iat } = JSON.parse(body)
    expect(exp - iat).toBe(77)
  })

  test('issues none if none are requested', async () => {
    expect(await emulator.issueTokens(0)).toEqual([])
  })

  test.each([-1, 1.5, Number.NaN, 200_001])('refuses to issue %d tokens', async (count) => {
    await expect(emulator.issueTokens(count)).rejects.toThrow(TypeError)
  })

  test.each([{ kind: 'id_token' }, { accessTokenTtl: 0 }, { accessTokenTtl: '60' }])(
    'refuses the options %j',
    async (options) => {
      await expect(emulator.issueTokens(1, options as object)).rejects.toThrow(TypeError)
    },
  )
})

test('an access token that has expired is inactive', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  await using emulator = await startEmulator()
  const [token = ''] = await emulator.issueTokens(1, { accessTokenTtl: 60 })
  vi.setSystemTime(Date.now() + 58_000)
  expect(await emulator.isActive(token)).toBe(true)
  vi.setSystemTime(Date.now() + 3_000)
  expect(await emulator.isActive(token)).toBe(false)
  expect(emulator.countActive()).toBe(0)
  expect((await getUserinfo(emulator.appHost, token)).status).toBe(401)
  const { status } = await postForm(`${emulator.issuer}/token/revocation`, { token, ...credentials(emulator.app) })
  expect(status).toBe(200)
})

test('a resource server can verify tokens that were issued in bulk', async () => {
  await using emulator = await startEmulator()
  const [token = ''] = await emulator.issueTokens(1, { user: 'alice' })
  const keys = createRemoteJWKSet(new URL(`${emulator.issuer}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(token, keys, { issuer: emulator.issuer, audience: emulator.app.appId })
  expect(payload.sub).toBe('alice')
})

test('tokens() lists issued tokens by fingerprint, and whether they still work', async () => {
  await using emulator = await startEmulator()
  const { accessToken } = await emulator.signIn('alice')
  await emulator.issueTokens(1, { user: 'bob' })
  await postForm(`${emulator.issuer}/token/revocation`, { token: accessToken, ...credentials(emulator.app) })
  const fingerprint = expect.stringMatching(/^sha256:[0-9a-f]{16}$/)
  expect(emulator.tokens()).toEqual([
    { fingerprint, kind: 'access_token', sub: 'alice', active: false },
    { fingerprint, kind: 'refresh_token', sub: 'alice', active: true },
    { fingerprint, kind: 'access_token', sub: 'bob', active: true },
  ])
})
