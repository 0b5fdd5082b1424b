import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { LogoutError } from './errors.ts'
import type { LogoutEvent } from './events.ts'
import { remember } from './recent-tokens.ts'
import type { Revocation } from './revocation.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { listen } from './testing/loopback-server.ts'
import { TransportResponse } from './transport.ts'

/** Tokens that have no part in common. */
const token = (number: number): string => createHash('sha256').update(String(number)).digest('hex')

describe('remember()', () => {
  test('keeps the last 32 tokens; a repeated token becomes the last', () => {
    const recent = new Set<string>()
    for (let number = 0; number < 40; number++) remember(recent, token(number))
    remember(recent, token(10))
    expect(recent.size).toBe(32)
    expect(Array.from(recent).slice(0, 3)).toEqual([8, 9, 11].map(token))
    expect(Array.from(recent).slice(-2)).toEqual([39, 10].map(token))
  })

  test('keeps the forms in which a provider may repeat a token', () => {
    const recent = new Set<string>()
    remember(recent, 'a "token"/of odd=Characters')
    expect(Array.from(recent)).toContain('a+%22token%22%2fof+odd%3dcharacters')
  })

  test('keeps no token that is too long to compare cheaply, or too short to mask', () => {
    const recent = new Set<string>()
    for (const one of ['x'.repeat(4_097), 'short-token']) remember(recent, one)
    expect(recent.size).toBe(0)
  })
})

test('tokens of a bulk run that a provider repeats are masked in errors, results and events', async () => {
  const seen: string[] = []
  await using server = await listen((request, response) => {
    seen.push(new URLSearchParams(String(request.body)).get('token') ?? '')
    const others = seen.slice(-12).join(' ')
    const refused = seen.length % 2 === 1
    // The request id of a success is not compared with other tokens.
    response.setHeader('x-request-id', (refused ? seen.at(-2) : seen.at(-1)) ?? '')
    response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' })
    const error = { error: seen.at(-3), error_description: `${others} ${Buffer.from(others).toString('base64')}` }
    response.end(JSON.stringify(refused ? error : {}))
  })
  const events: LogoutEvent[] = []
  const client = createLogoutClient({
    appId: 'app',
    endpoints: { revocation: server.origin },
    onEvent: (event) => events.push(event),
  })
  const revocations: Revocation[] = []
  const tokens = Array.from({ length: 60 }, (_, number) => token(number))
  for await (const revocation of client.revokeTokens(tokens, { concurrency: 4 })) revocations.push(revocation)
  expect(revocations.filter(({ error }) => error?.providerErrorDescription?.includes('[masked]'))).toHaveLength(30)
  expect(revocations.filter(({ requestId }) => requestId?.includes('[masked]')).length).toBeGreaterThan(20)
  const shown = JSON.stringify([revocations, events])
  for (const one of tokens) for (let at = 0; at + 12 <= 64; at++) expect(shown).not.toContain(one.slice(at, at + 12))
})

describe('the values of custom headers', () => {
  const headers = { 'x-tenant': 'tenant-of-the-canary', 'x-short': 'short', 'user-agent': 'an-application/1.0' }

  test('are masked from 12 characters on, except the user agent', async () => {
    await using server = await listen((request, response) => {
      const { 'x-tenant': tenant, 'x-short': short, 'user-agent': agent } = request.headers
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'invalid_request', error_description: `${tenant} ${short} ${agent}` }))
    })
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin }, headers })
    const error = await logoutErrorOf(() => client.revokeToken('a-token'))
    expect(error.providerErrorDescription).toBe('[masked] short an-application/1.0')
    expect(error.message).not.toContain('canary')
  })
})

describe('an error that an application throws', () => {
  const secret = 'canary-of-the-application'
  const told = `cannot use ${secret}\r\nrevoked`
  const shown = 'cannot use [masked]\\r\\nrevoked'
  const location = { appId: 'app', appSecret: secret, endpoints: { revocation: 'http://127.0.0.1:9' }, retries: 0 }

  test.each([
    ['an error', () => new Error(told, { cause: new Error(told) })],
    ['a LogoutError', () => new LogoutError('network', told, { requestId: secret, cause: new Error(told) })],
  ])('as %s in a transport is masked and made printable', async (_what, make) => {
    const client = createLogoutClient({ ...location, transport: { send: () => Promise.reject(make()) } })
    const error = await logoutErrorOf(() => client.revokeToken('a-token'))
    expect(error.message).toContain(shown)
    expect(JSON.stringify([error, (error.cause as Error).message, error.stack])).not.toContain('canary')
  })

  test.each([
    ['an error', () => new Error(told)],
    ['a LogoutError', () => new LogoutError('client_auth_failed', told, { cause: new Error(told) })],
  ])('as %s in clientAuth is masked and made printable', async (_what, make) => {
    const client = createLogoutClient({ ...location, clientAuth: () => Promise.reject(make()) })
    const error = await logoutErrorOf(() => client.revokeToken('a-token'))
    expect(error).toMatchObject({ code: 'client_auth_failed', message: expect.stringContaining(shown) })
    expect(JSON.stringify([error, (error.cause as Error).message, error.stack])).not.toContain('canary')
  })

  test('may quote the address, whose query may contain a key', async () => {
    const revocation = 'http://127.0.0.1:9/revoke?code=canary-of-a-gateway&p=1'
    const transport = { send: ({ url }: { url: string }) => Promise.reject(new Error(`cannot reach ${url}`)) }
    const client = createLogoutClient({ ...location, endpoints: { revocation }, transport })
    const error = await logoutErrorOf(() => client.revokeToken('a-token'))
    expect(error.message).toContain('cannot reach http://127.0.0.1:9/revoke?[masked]')
    expect(JSON.stringify([error, (error.cause as Error).message])).not.toContain('canary')
  })

  test('in a listener is ignored', async () => {
    const client = createLogoutClient({
      ...location,
      transport: { send: async () => new TransportResponse({ status: 200, headers: new Headers(), body: '' }) },
      onEvent: () => {
        throw new Error(told)
      },
    })
    expect(await client.revokeToken('a-token')).toBe(true)
  })
})
