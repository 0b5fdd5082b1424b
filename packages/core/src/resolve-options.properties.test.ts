import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { LogoutError } from './errors.ts'
import type { LogoutClientOptions } from './options.ts'
import { TransportResponse } from './transport.ts'

const genauth = { appId: 'app', appSecret: 'canary-secret', appHost: 'https://example.genauth.ai' }

describe('options of any shape', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  })
  const odd = fc.oneof(
    anything,
    fc.constantFrom(Symbol('x'), () => {}, new URL('https://x/'), new Headers({ a: 'b' })),
  )
  const mostly = (usual: unknown) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd })
  /** Generates options that are valid except for a few members. */
  const nearly = (usual: Record<string, unknown>, depth: number) => {
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(usual)), odd, { maxKeys: depth })
    return changes.map((changed) => ({ ...usual, ...changed }))
  }
  const url = 'https://id.example.com/x'
  const rest = {
    appSecret: 'secret',
    clientAuth: 'client_secret_post',
    timeoutMs: 5,
    deadlineMs: 5,
    retries: 1,
    headers: { 'user-agent': 'x' },
    fetch: undefined,
    transport: undefined,
    onEvent: undefined,
    allowInsecureHttp: true,
    redirectUri: url,
    logoutRedirectUri: url,
  }
  const locations = [
    { appId: 'app', appHost: url, protocol: 'oauth' },
    { appId: 'app', issuer: url },
    { appId: 'app', endpoints: { revocation: url } },
  ]
  const shaped = fc.oneof(
    ...locations.map((location) => nearly({ ...location, ...rest }, 2)),
    nearly({ revocation: url, introspection: url, endSession: url }, 3).map((endpoints) => ({
      appId: 'app',
      endpoints,
    })),
    fc.dictionary(fc.string(), odd).map((headers) => ({ ...locations[0], headers })),
    nearly({ send: () => {}, mutualTls: true }, 2).map((transport) => ({ ...locations[0], transport })),
  )

  test('create a client or throw a LogoutError with invalid_options, and are never changed', () => {
    let made = 0
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: shaped }, { weight: 1, arbitrary: odd }), (options) => {
        const before = fc.stringify(options)
        try {
          createLogoutClient(options as LogoutClientOptions)
          made++
        } catch (error) {
          expect(error).toBeInstanceOf(LogoutError)
          expect((error as LogoutError).code).toBe('invalid_options')
        }
        expect(fc.stringify(options)).toBe(before)
      }),
      { numRuns: 500 },
    )
    // Else the property would only ever have seen what is refused for its first mistake.
    expect(made).toBeGreaterThan(50)
  })

  test('of a call cause a rejection with a LogoutError, and are never changed', async () => {
    const transport = {
      send: async () => new TransportResponse({ status: 200, headers: new Headers(), body: '' }),
    }
    const client = createLogoutClient({ ...genauth, transport, retries: 0, timeoutMs: 50 })
    // Each call refuses what is for another one.
    const common = { signal: undefined, timeoutMs: 50, deadlineMs: 50, retries: 0 }
    const ofCall = fc.oneof(
      ...[
        common,
        { ...common, tokenTypeHint: 'access_token', verify: false },
        { ...common, tokenTypeHint: 'access_token', strict: true },
        { ...common, verify: false, redirectUri: url, state: 'x', kind: 'generic' },
        { redirectUri: url, state: 'x', kind: 'generic', idToken: 'x' },
      ].map((options) => nearly(options, 2)),
    )
    const withVerify = fc.oneof(mostly(0), odd).map((withinMs) => ({ verify: { withinMs } }))
    const tokens = nearly({ accessToken: 'x', refreshToken: 'x', idToken: 'x' }, 2)
    const call = fc.oneof({ weight: 8, arbitrary: ofCall }, withVerify, odd)
    let resolved = 0
    await fc.assert(
      fc.asyncProperty(mostly('a token'), fc.oneof(tokens, odd), call, async (token, session, options) => {
        const before = fc.stringify([token, session, options])
        const calls = [
          () => client.revokeToken(token as string, options as object),
          () => client.introspectToken(token as string, options as object),
          () => client.logout(session as object, options as object),
          () => client.buildLogoutUrl(options as object),
          () => client.discover(options as object),
        ]
        for (const run of calls) {
          try {
            await run()
            resolved++
          } catch (error) {
            expect(error).toBeInstanceOf(LogoutError)
          }
        }
        expect(fc.stringify([token, session, options])).toBe(before)
      }),
      { numRuns: 300 },
    )
    expect(resolved).toBeGreaterThan(50)
  })
})
