import assert from 'node:assert'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { always, listen } from './testing/loopback-server.ts'
import { isUnsent } from './unsent.ts'

const failure = (message: string, details: object = {}): Error => Object.assign(new Error(message), details)
const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', { cause })
const trap = new Proxy({}, { get: () => assert.fail('looked at') })
const deno = 'error sending request for url (http://127.0.0.1:2/): client error'

test.each([
  ['Node.js, nobody listens', fetchFailed(failure('connect ECONNREFUSED', { code: 'ECONNREFUSED' }))],
  ['Node.js, no such name', fetchFailed(failure('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }))],
  ['Node.js, no route', fetchFailed(failure('', { code: 'EHOSTUNREACH', syscall: 'connect' }))],
  ['Node.js, no answer to a connection', fetchFailed(failure('', { code: 'UND_ERR_CONNECT_TIMEOUT' }))],
  ['Node.js, a self-signed certificate', fetchFailed(failure('', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }))],
  ['Node.js, a certificate for another host', fetchFailed(failure('', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }))],
  [
    'Node.js, a disconnect instead of TLS',
    fetchFailed(
      failure('Client network socket disconnected before secure TLS connection was established', {
        code: 'ECONNRESET',
      }),
    ),
  ],
  [
    'Node.js, all addresses of a name',
    fetchFailed(new AggregateError([1, 2].map(() => failure('', { code: 'ETIMEDOUT', syscall: 'connect' })))),
  ],
  ['Deno', fetchFailed(failure(`${deno} (Connect): tcp connect error: Connection refused (os error 111)`))],
  ['Bun, nobody listens', failure('ECONNREFUSED: Unable to connect.', { code: 'ECONNREFUSED' })],
  ['Bun, no TLS there', failure('EPROTO: The TLS handshake failed.', { code: 'EPROTO' })],
  ['a transport that reports it', failure('no', { unsent: true })],
])('is unsent: %s', (_what, thrown) => {
  expect(isUnsent(thrown)).toBe(true)
})

test.each([
  ['a reset', fetchFailed(failure('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }))],
  ['a hang-up', fetchFailed(failure('other side closed', { code: 'UND_ERR_SOCKET' }))],
  [
    'a refusal of the certificate, which comes after the request',
    failure('', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }),
  ],
  ['a broken TLS record', fetchFailed(failure('', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }))],
  ['Deno, after the request', fetchFailed(failure(`${deno} (SendRequest): connection closed`))],
  ['Workers', failure('Network connection lost.', { retryable: true })],
  ['a browser', new TypeError('Failed to fetch')],
  ['a transport that reports that it was sent', failure('', { unsent: false, code: 'ECONNREFUSED' })],
  ['one address that was reached', new AggregateError([failure('', { code: 'ECONNREFUSED' }), failure('reset')])],
  ['no addresses', new AggregateError([])],
  ['nothing', undefined],
  ['text', 'ECONNREFUSED'],
  ['a trap', trap],
])('may have been sent: %s', (_what, thrown) => {
  expect(isUnsent(thrown)).toBe(false)
})

test('an error that is its own cause takes bounded time', () => {
  const error = failure('x')
  error.cause = error
  expect(isUnsent(error)).toBe(false)
})

describe('a provider that cannot be reached', () => {
  /** An address at which nothing listens any longer. */
  const nobody = async (): Promise<string> => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    const { port } = server.address() as { port: number }
    await new Promise((closed) => server.close(closed))
    return `http://127.0.0.1:${port}`
  }

  test('leaves the token live, and the message states that nothing was sent', async () => {
    const client = createLogoutClient({ appId: 'app', appHost: await nobody(), retries: 1 })
    const { tokens } = await client.logout({ accessToken: 'a token' })
    expect(tokens).toMatchObject([{ state: 'live', attempts: 2, error: { code: 'network', retryable: true } }])
    expect(tokens[0]?.error?.message).toMatch(
      /ECONNREFUSED.* Nothing was sent, so the token is still active; try again later\./,
    )
    expect(tokens[0]?.error?.message).not.toContain('may or may not')
  })

  test('has no user sent to it', async () => {
    const client = createLogoutClient({ appId: 'app', appHost: await nobody(), retries: 0 })
    const session = { accessToken: 'a token', refreshToken: 'another', idToken: 'x' }
    const result = await client.logout(session)
    expect(result).not.toHaveProperty('logoutUrl')
    expect(result).not.toHaveProperty('logoutForm')
    expect(result.logoutUrlError).toMatchObject({
      code: 'network',
      message: expect.stringContaining('did not respond'),
    })
    // With nothing to revoke, no request was sent.
    expect(await client.logout({ idToken: 'x' })).toHaveProperty('logoutUrl')
  })

  test('does not make an introspection report that the token works', async () => {
    const client = createLogoutClient({ appId: 'app', appHost: await nobody(), retries: 0 })
    const error = await client.introspectToken('a token').catch((error) => error)
    expect(error.message).toMatch(/Nothing was sent\. It is unknown whether the token is active/)
    expect(error.message).not.toMatch(/still (?:active|works)/)
  })
})

test.each([
  ['a provider that fails', 503, true],
  ['a provider that refuses', 401, true],
  ['a provider that hangs', 0, false],
])('%s: status %i, and the user is sent there: %s', async (_what, status, sent) => {
  await using server = await listen(status ? always(status) : () => {})
  // Only the one that hangs is waited for until the limit.
  const client = createLogoutClient({
    appId: 'app',
    appHost: server.origin,
    retries: 0,
    timeoutMs: status ? 10_000 : 50,
  })
  expect('logoutUrl' in (await client.logout({ accessToken: 'a token', idToken: 'x' }))).toBe(sent)
})

test('one response is enough to send the user there', async () => {
  await using server = await listen((request, response) => {
    if (!request.body.toString().includes('refresh_token')) response.end()
  })
  const client = createLogoutClient({ appId: 'app', appHost: server.origin, retries: 0, timeoutMs: 500 })
  const { tokens, logoutUrl } = await client.logout({ accessToken: 'a', refreshToken: 'r', idToken: 'x' })
  expect(tokens.map(({ state }) => state)).toEqual(['unknown', 'accepted'])
  expect(logoutUrl).toBeInstanceOf(URL)
})

test.each([503, 500, 429])('an introspection that ends in %i does not report that the token works', async (status) => {
  await using server = await listen(always(status))
  const client = createLogoutClient({ appId: 'app', appHost: server.origin, retries: 0 })
  const error = await client.introspectToken('a token').catch((error) => error)
  expect(error.message).not.toMatch(/still (?:active|works)|treat the token/)
})
