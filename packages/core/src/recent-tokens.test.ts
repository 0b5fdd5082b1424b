import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { LogoutError } from './errors.ts'
import type { LogoutEvent } from './events.ts'
import { lastOf, remember } from './recent-tokens.ts'
import type { Revocation } from './revocation.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { listen } from './testing/loopback-server.ts'
import { type Transport, TransportResponse } from './transport.ts'

/** Tokens that have no part in common. */
const token = (number: number): string => createHash('sha256').update(String(number)).digest('hex')

describe('remember()', () => {
  test('keeps the last 32 tokens; a repeated token becomes the last', () => {
    const recent: string[] = []
    for (let number = 0; number < 40; number++) remember(recent, token(number), true)
    remember(recent, token(10), true)
    const last = lastOf(recent)
    expect(last).toHaveLength(32)
    expect(last.slice(0, 2)).toEqual([10, 39].map(token))
    expect(last.slice(-2)).toEqual([9, 8].map(token))
  })

  test('keeps 32 tokens also when each is sent four times, and no more than those of 256 calls', () => {
    const recent: string[] = []
    for (let call = 0; call < 4_000; call++) {
      remember(recent, token(Math.floor(call / 128) * 32 + (call % 32)), true)
      expect(recent.length).toBeLessThan(256)
      if (call >= 128) expect(lastOf(recent)).toHaveLength(32)
    }
  })

  test('keeps 32 tokens also when each is introspected often', () => {
    const recent: string[] = []
    for (let number = 0; number < 32; number++) remember(recent, token(number), true)
    for (let call = 0; call < 1_000; call++) remember(recent, token(call % 32), false)
    remember(recent, token(5), false)
    expect(recent).toHaveLength(32)
    expect(recent.at(-1)).toBe(token(5))
  })

  test('keeps no token that is too long to compare cheaply, or too short to mask', () => {
    const recent: string[] = []
    for (const one of ['x'.repeat(4_097), 'short-token']) remember(recent, one, true)
    expect(recent).toEqual([])
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

test('the token of another call is masked in the forms in which a provider may repeat it', async () => {
  const odd = 'Canary/of "another" call=odd'
  const forms = [odd.toUpperCase(), encodeURIComponent(odd), JSON.stringify(odd), String(new URLSearchParams({ odd }))]
  let calls = 0
  await using server = await listen((_request, response) => {
    response.writeHead(calls++ === 0 ? 200 : 400, { 'content-type': 'application/json' })
    response.end(calls === 1 ? '' : JSON.stringify({ error: 'invalid_request', error_description: forms.join(' ') }))
  })
  const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } })
  await client.revokeToken(odd)
  const error = await logoutErrorOf(() => client.revokeToken('another-token'))
  expect(error.providerErrorDescription).toContain('[masked]')
  for (const form of forms) {
    for (let at = 0; at + 12 <= form.length; at++) {
      expect(error.providerErrorDescription).not.toContain(form.slice(at, at + 12))
    }
  }
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

test('a secret that a transport hides is masked in the texts of the call', async () => {
  const signature = 'Canary+of/the=transport'
  const transport: Transport = {
    async send({ hide }) {
      hide?.(signature)
      const told = `${signature} ${encodeURIComponent(signature)} ${Buffer.from(signature).toString('base64')}`
      const body = JSON.stringify({ error: signature, error_description: told })
      return new TransportResponse({ status: 400, headers: new Headers({ 'x-request-id': signature }), body })
    },
  }
  for (const location of [
    { endpoints: { revocation: 'http://127.0.0.1:9', introspection: 'http://127.0.0.1:9' } },
    { issuer: 'http://127.0.0.1:9' },
  ]) {
    const events: LogoutEvent[] = []
    const client = createLogoutClient({ appId: 'app', ...location, transport, onEvent: (event) => events.push(event) })
    for (const call of [() => client.revokeToken('a-token'), () => client.introspectToken('a-token')]) {
      const error = await logoutErrorOf(call)
      const shown = JSON.stringify([error, error.message, events])
      expect(shown).toContain('[masked]')
      expect(shown).not.toMatch(/canary|transport"/i)
    }
  }
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
