import type { LogoutClientOptions } from '@backend-logout/core'
import { describe, expect, it } from 'vitest'
import { answer, reset } from './behaviors.ts'
import { json, portalPage } from './catalog/bodies.ts'
import { clients } from './clients.ts'
import { type Behavior, startFaultServer } from './fault-server.ts'

const PROVIDERS: Record<string, Behavior> = {
  'says yes': answer(json({ active: true })),
  'says no': answer({ status: 400, ...json({ error: 'invalid_request' }) }),
  throttles: answer({ status: 429, headers: { 'retry-after': '0' } }),
  'is not there': answer(portalPage),
  'drops connections': reset,
}

/** Freezes an object and everything in it, so that any attempt to change it throws. */
function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}

/** The visible properties of an object, except methods. */
function snapshot(value: object): string {
  return JSON.stringify(value, (_, inner) => (inner instanceof Headers ? [...inner] : inner))
}

describe.concurrent.each(clients)('$name', ({ create }) => {
  it.for(Object.entries(PROVIDERS))('never changes its options when the provider %s', async ([, behave]) => {
    const server = await startFaultServer(behave)
    try {
      for (const wrap of [deepFreeze, <T>(value: T): T => value]) {
        const options = wrap({
          appId: 'app',
          appSecret: 'a secret of the application',
          endpoints: {
            revocation: `${server.origin}/revoke?tenant=1`,
            introspection: `${server.origin}/introspect`,
            endSession: `${server.origin}/logout?tenant=1`,
          },
          headers: { 'user-agent': 'a test', 'x-tenant': 'one' },
          redirectUri: 'https://app.example/signed-out',
          timeoutMs: 10_000,
          deadlineMs: 20_000,
          retries: 1,
          onEvent: () => {},
        } satisfies LogoutClientOptions)
        const call = wrap({ tokenTypeHint: 'access_token', timeoutMs: 9_000, deadlineMs: 19_000, retries: 1 })
        const verified = wrap({ ...call, verify: { withinMs: 0 } })
        const session = wrap({
          accessToken: 'an access token',
          refreshToken: 'a refresh token',
          idToken: 'an ID token',
        })
        const before = [options, call, verified, session].map(snapshot)
        const { client, close } = create(options)
        await Promise.allSettled([
          client.revokeToken(session.accessToken, call),
          client.revokeToken(session.accessToken, verified),
          client.introspectToken(session.accessToken, call),
          client.logout(session, wrap({ deadlineMs: 19_000, retries: 1, state: 'state' })),
        ])
        client.buildLogoutUrl(wrap({ idToken: session.idToken, state: 'state' }))
        await close()
        expect([options, call, verified, session].map(snapshot)).toEqual(before)
        // At least five requests, so each operation reached the provider.
        expect(server.requests.length).toBeGreaterThanOrEqual(5)
      }
    } finally {
      await server.close()
    }
  })

  it('copies its options: later changes have no effect', async () => {
    const [good, bad] = [await startFaultServer(answer({})), await startFaultServer(answer({}))]
    const endpoints = { revocation: new URL(`${good.origin}/revoke`) }
    const headers: Record<string, string> = { 'x-tenant': 'one' }
    const options = { appId: 'app', endpoints, headers }
    const { client, close } = create(options)
    try {
      endpoints.revocation.host = new URL(bad.origin).host
      headers['x-tenant'] = 'two'
      options.appId = 'another app'
      expect(await client.revokeToken('a token')).toBe(true)
      expect(bad.connections).toBe(0)
      expect(good.requests[0]?.headers['x-tenant']).toBe('one')
      expect(new URLSearchParams(good.requests[0]?.body).get('client_id')).toBe('app')
    } finally {
      await close()
      await good.close()
      await bad.close()
    }
  })
})
