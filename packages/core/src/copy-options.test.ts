import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { copyOptions } from './copy-options.ts'
import { optionsFromEnvironment } from './environment.ts'
import { type Answer, listen } from './testing/loopback-server.ts'

test('a copy has what an object inherits, and its own members', () => {
  class Settings {
    readonly #appId = 'app'
    readonly other = 1
    get appId() {
      return this.#appId
    }
  }
  expect(copyOptions(new Settings())).toEqual({ appId: 'app', other: 1 })
  expect(copyOptions(Object.create({ limit: 0 }), { limit: true })).toEqual({ limit: 0 })
})

describe('options that an object inherits apply', () => {
  /** Accepts every revocation, and calls every token active. */
  const lying: Answer = ({ path }, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(path === '/introspection' ? '{"active":true}' : '')
  }
  const clientOf = (origin: string) =>
    createLogoutClient({
      appId: 'app',
      appSecret: 'secret',
      endpoints: {
        revocation: `${origin}/revocation`,
        introspection: `${origin}/introspection`,
        endSession: `${origin}/end`,
      },
    })
  const verifying = Object.create({ verify: { withinMs: 1 } })

  test('to logout()', async () => {
    await using server = await listen(lying)
    const { revoked, tokens } = await clientOf(server.origin).logout({ accessToken: 'token' }, verifying)
    expect(revoked).toBe(false)
    expect(tokens).toMatchObject([{ state: 'live', error: { code: 'unverified' } }])
  })

  test('to its logout URL', async () => {
    await using server = await listen(lying)
    const inherited = Object.create({ redirectUri: 'https://app.example.com/', state: 'abc' })
    const { logoutUrl } = await clientOf(server.origin).logout({ accessToken: 'token', idToken: 'a.b.c' }, inherited)
    expect(Object.fromEntries(logoutUrl?.searchParams ?? [])).toMatchObject({
      post_logout_redirect_uri: 'https://app.example.com/',
      state: 'abc',
    })
  })

  test('to revokeTokens()', async () => {
    await using server = await listen(lying)
    const client = clientOf(server.origin)
    for await (const revocation of client.revokeTokens(['token'], verifying)) {
      expect(revocation).toMatchObject({ state: 'live', error: { code: 'unverified' } })
    }
    const stopped = client.revokeTokens(['token'], Object.create({ signal: AbortSignal.abort() }))
    await expect(stopped.next()).rejects.toMatchObject({ code: 'aborted' })
    expect(server.requests.filter(({ path }) => path === '/revocation')).toHaveLength(1)
  })

  test('to optionsFromEnvironment()', () => {
    const source = { read: (name: string) => ({ AUTHING_APP_ID: 'app', AUTHING_APP_HOST: 'https://a.example' })[name] }
    expect(optionsFromEnvironment(source, Object.create({ appSecret: 'secret' }))).toMatchObject({
      appId: 'app',
      appSecret: 'secret',
    })
  })
})
