import { describe, expect, test } from 'vitest'
import { createClient, createLogoutClient } from './client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'
import { metadata, OAUTH, OIDC, pathsOf, routes } from './testing/metadata-server.ts'

describe('discovery', () => {
  test.each<[string, Answer]>([
    ['HTML', always(200, '<html>')],
    ['a list', always(200, [])],
    ['no issuer', always(200, { revocation_endpoint: 'https://x/' })],
    ['a redirect', always(302, '', { location: 'https://id.example.com/' })],
    ['an error', always(400, { error: 'invalid_request' })],
    ['more than a document needs', always(200, { issuer: 'x', padding: 'x'.repeat(300_000) })],
  ])('does not accept %s as metadata', async (_what, answer) => {
    await using server = await routes(() => ({ [OIDC]: answer, [OAUTH]: answer }))
    const error = await logoutErrorOf(() => createLogoutClient({ appId: 'app', issuer: server.origin }).discover())
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: false, attempts: 0 })
    expect(error.message).toContain(server.origin)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('retries while the provider fails, without trying other addresses', async () => {
    const flaky = inTurn(always(503, '', { 'retry-after': '0' }), (...parts) => metadata(server.origin)(...parts))
    await using server: LoopbackServer = await routes(() => ({ [OIDC]: flaky }))
    await createLogoutClient({ appId: 'app', issuer: server.origin }).discover()
    expect(pathsOf(server)).toEqual([OIDC, OIDC])
  })

  test('fails with a retryable error if the provider stays down', async () => {
    await using server = await routes(() => ({ [OIDC]: always(503, '', { 'retry-after': '3600' }) }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    const error = await logoutErrorOf(() => client.revokeToken('a token'))
    expect(error).toMatchObject({ code: 'discovery_failed', retryable: true, status: 503, retryAfterMs: 3_600_000 })
    expect(pathsOf(server)).toEqual([OIDC])
  })

  test('is repeated after a failure', async () => {
    const flaky = inTurn(always(404), (...parts) => metadata(server.origin)(...parts))
    await using server: LoopbackServer = await routes(() => ({ [OIDC]: flaky }))
    const client = createLogoutClient({ appId: 'app', issuer: server.origin })
    expect((await logoutErrorOf(() => client.discover())).code).toBe('discovery_failed')
    expect(await client.discover()).toMatchObject({ issuer: server.origin })
  })

  describe('of a second document', () => {
    const never: Answer = () => {}
    const TOKEN = 'an-access-token'

    /** A provider whose first document has only a page to log out. The clock advances while the second one is awaited. */
    async function entraLike(second: Answer) {
      const provider = { second }
      const server: LoopbackServer = await routes((origin) => ({
        [OIDC]: always(200, { issuer: origin, end_session_endpoint: `${origin}/end` }),
        [OAUTH]: (...parts) => provider.second(...parts),
        '/revoke': always(200),
      }))
      const clock = manualClock()
      const client = createClient({ appId: 'app', issuer: server.origin }, clock)
      const fetched = (path: string) => pathsOf(server).filter((one) => one === path).length
      const whileSecondHangs = async <T>(call: Promise<T>, ms = 1_500): Promise<T> => {
        const before = fetched(OAUTH)
        await expect.poll(() => fetched(OAUTH), { interval: 1 }).toBe(before + 1)
        clock.advance(ms)
        return call
      }
      const dispose = () => server[Symbol.asyncDispose]()
      return { server, provider, clock, client, fetched, whileSecondHangs, [Symbol.asyncDispose]: dispose }
    }

    test('leaves the first one in use after 1.5 seconds without a response', async () => {
      await using entra = await entraLike(never)
      const { server, client } = entra
      const { logoutUrl } = await entra.whileSecondHangs(client.logout({ idToken: 'a.b.c' }))
      expect(logoutUrl?.origin).toBe(server.origin)
      expect(await client.discover()).toMatchObject({ issuer: server.origin })
      expect(pathsOf(server)).toEqual([OIDC, OAUTH])
    })

    test.each<[string, Answer]>([
      ['503', always(503)],
      ['503 with a wait', always(503, '', { 'retry-after': '10' })],
      ['429 with a wait', always(429, '', { 'retry-after': '1' })],
      ['no response', (_request, response) => response.destroy()],
    ])('is not followed by another attempt: %s', async (_what, second) => {
      await using entra = await entraLike(second)
      expect(await entra.client.discover()).toMatchObject({ issuer: entra.server.origin })
      expect(pathsOf(entra.server)).toEqual([OIDC, OAUTH])
    })

    test('leaves it open whether there is a revocation endpoint, until the next look a minute later', async () => {
      await using entra = await entraLike(always(503))
      const { server, provider, client, clock, fetched } = entra
      const state = async () => (await client.logout({ accessToken: TOKEN })).tokens[0]
      expect(await state()).toMatchObject({
        state: 'live',
        error: { code: 'endpoint_missing', retryable: true, attempts: 0 },
      })
      expect((await state())?.error?.message).toMatch(/revocation_endpoint is not in .* answered 503/)
      provider.second = metadata(server.origin)
      clock.advance(59_999)
      await state()
      expect(fetched(OAUTH)).toBe(1)
      clock.advance(1)
      await state()
      await expect.poll(async () => (await state())?.state).toBe('accepted')
      expect(fetched(OAUTH)).toBe(2)
    })

    test('does not replace what is known from both', async () => {
      await using entra = await entraLike(always(404))
      const { server, provider, client, clock, fetched } = entra
      provider.second = metadata(server.origin)
      expect(await client.revokeToken(TOKEN)).toBe(true)
      provider.second = always(503)
      clock.advance(3_600_000)
      expect(await client.revokeToken(TOKEN)).toBe(true)
      await expect.poll(() => fetched(OAUTH)).toBe(2)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await client.revokeToken(TOKEN)).toBe(true)
    })

    test('leaves the first one to a call that ends before', async () => {
      await using entra = await entraLike(never)
      const { server, client } = entra
      const call = client.logout({ accessToken: TOKEN, idToken: 'a.b.c' }, { deadlineMs: 1_000 })
      const { logoutUrl, tokens } = await entra.whileSecondHangs(call, 1_000)
      expect(logoutUrl?.origin).toBe(server.origin)
      expect(tokens).toMatchObject([{ state: 'live', error: { code: 'endpoint_missing', retryable: true } }])
    })
  })
})
