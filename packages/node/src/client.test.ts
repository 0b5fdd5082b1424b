import { inspect } from 'node:util'
import * as core from '@backend-logout/core'
import { describe, expect, test } from 'vitest'
import * as node from './index.ts'
import { createLogoutClient, isLogoutError } from './index.ts'
import { type Answer, listen, listenRaw } from './testing/loopback-server.ts'

const app = { appId: 'app', appSecret: 'canary-secret' }
const ok: Answer = (_request, response) => response.end()

/** A response for each request that is sent only once it is released. */
function holding() {
  const held: (() => void)[] = []
  const answer: Answer = (_request, response) => {
    held.push(() => response.end())
  }
  return { held, answer }
}

test('the package exports all of core, and createLogoutClient() for Node.js', () => {
  expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(core)))
  expect(node.createLogoutClient).not.toBe(core.createLogoutClient)
  expect(node.LogoutError).toBe(core.LogoutError)
})

describe('createLogoutClient()', () => {
  test('keeps a connection open for the next call', async () => {
    await using server = await listen(ok)
    await using client = createLogoutClient({ ...app, appHost: server.origin })
    for (let call = 0; call < 10; call++) expect(await client.revokeToken(`token-${call}`)).toBe(true)
    expect(server.connections).toBe(1)
  })

  test('opens at most the configured number of connections', async () => {
    const { held, answer } = holding()
    await using server = await listen(answer)
    await using client = createLogoutClient({ ...app, appHost: server.origin, connections: 3 })
    const calls = Array.from({ length: 10 }, (_, index) => client.revokeToken(`token-${index}`))
    for (let answered = 0; answered < calls.length; answered++) {
      await expect.poll(() => held.length).toBeGreaterThan(answered)
      expect(held.length - answered).toBeLessThanOrEqual(3)
      held[answered]?.()
    }
    expect(await Promise.all(calls)).toEqual(calls.map(() => true))
    expect(server.connections).toBe(3)
  })

  test('opens a new connection when the server has closed the old one', async () => {
    await using server = await listenRaw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    await using client = createLogoutClient({ ...app, appHost: server.origin })
    for (let call = 0; call < 5; call++) expect(await client.revokeToken(`token-${call}`)).toBe(true)
    expect(server.connections).toBeGreaterThanOrEqual(5)
  })

  test('reports why a connection failed', async () => {
    await using server = await listen(ok)
    const { port } = server
    await server[Symbol.asyncDispose]()
    for (const host of ['127.0.0.1', 'localhost']) {
      await using client = createLogoutClient({ ...app, appHost: `http://${host}:${port}`, retries: 0 })
      await expect(client.revokeToken('token-1')).rejects.toMatchObject({
        code: 'network',
        message: expect.stringContaining('ECONNREFUSED'),
      })
    }
  })

  test("sends through the caller's fetch instead", async () => {
    await using server = await listen(ok)
    let requests = 0
    const counting: typeof fetch = (...parts) => {
      requests++
      return fetch(...parts)
    }
    const client = createLogoutClient({ ...app, appHost: server.origin, fetch: counting })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(requests).toBe(1)
    await client.close()
  })

  test("sends through the caller's transport instead", async () => {
    const urls: string[] = []
    const transport: core.Transport = {
      async send({ url }) {
        urls.push(url)
        return new core.TransportResponse({ status: 200, headers: new Headers(), body: '' })
      },
    }
    const client = createLogoutClient({ ...app, appHost: 'https://example.genauth.ai', transport })
    expect(await client.revokeToken('token-1')).toBe(true)
    expect(urls).toEqual(['https://example.genauth.ai/oidc/token/revocation'])
  })

  test('does not change its options', () => {
    const options = Object.freeze({ ...app, appHost: 'https://example.genauth.ai', tls: Object.freeze({}) })
    expect(() => createLogoutClient(options)).not.toThrow()
  })

  test('shows no secret when it is inspected, before and after use', async () => {
    await using server = await listen(ok)
    await using client = createLogoutClient({ ...app, appHost: server.origin, proxy: false })
    const look = (): string =>
      inspect(client, { depth: null, showHidden: true, getters: true }) + JSON.stringify(client)
    expect(look()).not.toContain('canary')
    const call = client.revokeToken('canary-token')
    expect(look()).not.toContain('canary')
    await call
    expect(look()).not.toContain('canary')
  })

  test.each<[string, object, string]>([
    ['no options', undefined as never, 'Options must be an object'],
    ['no application', { appId: '' }, 'appId'],
    ['no connection', { connections: 0 }, 'connections must be'],
    ['half a connection', { connections: 1.5 }, 'connections must be'],
    ['an invalid proxy', { proxy: 'ftp://user:canary@proxy' }, 'proxy must be'],
    ['invalid tls', { tls: 'canary' }, 'tls must be an object'],
    ['connections together with a custom fetch', { fetch, connections: 1 }, 'connections has no effect'],
    [
      'certificates together with a custom transport',
      { transport: { send() {} }, tls: { ca: '' } },
      'tls has no effect',
    ],
  ])('refuses %s', (_what, options, message) => {
    let thrown: unknown
    try {
      createLogoutClient(options && ({ ...app, appHost: 'https://example.genauth.ai', ...options } as never))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'invalid_options', message: expect.stringContaining(message) })
    expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain('canary')
  })
})

describe('close()', () => {
  test('lets calls in flight finish, and closes the connections', async () => {
    const { held, answer } = holding()
    await using server = await listen(answer)
    const client = createLogoutClient({ ...app, appHost: server.origin })
    const call = client.revokeToken('token-1')
    await expect.poll(() => held.length).toBe(1)
    let closed = false
    const closing = client.close().then(() => {
      closed = true
    })
    await expect(client.revokeToken('token-2')).rejects.toMatchObject({ code: 'aborted' })
    expect(closed).toBe(false)
    held[0]?.()
    expect(await call).toBe(true)
    await closing
    await expect.poll(() => server.open.size).toBe(0)
  })

  test('waits for a call whose first request is still being prepared', async () => {
    await using server = await listen(ok)
    const client = createLogoutClient({ ...app, appHost: server.origin })
    const call = client.revokeToken('token-1')
    // The request begins a moment after the call.
    await Promise.resolve()
    const closing = client.close()
    const [outcome] = await Promise.allSettled([call])
    await closing
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'aborted' })
    await expect.poll(() => server.open.size).toBe(0)
  })

  test('makes every later call reject, and can be repeated', async () => {
    await using server = await listen(ok)
    const client = createLogoutClient({ ...app, appHost: server.origin })
    await client.revokeToken('token-1')
    await Promise.all([client.close(), client.close()])
    await client[Symbol.asyncDispose]()
    const calls = [client.revokeToken('token-2'), client.introspectToken('token-2')]
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        code: 'aborted',
        message: 'This client is closed. Nothing was sent.',
      })
    }
    const { revoked, tokens } = await client.logout({ accessToken: 'token-2' })
    expect(revoked).toBe(false)
    expect(tokens).toMatchObject([{ state: 'live', attempts: 0 }])
  })

  test('works without an earlier call', async () => {
    await createLogoutClient({ ...app, appHost: 'https://example.genauth.ai' }).close()
  })

  test('does not wait for connections that no call waits for', async () => {
    // Never responds to the TLS handshake.
    await using server = await listenRaw(() => {})
    const client = createLogoutClient({ ...app, appHost: server.origin.replace('http:', 'https:'), retries: 0 })
    const error = await client.revokeToken('token-1', { timeoutMs: 100 }).catch((thrown: unknown) => thrown)
    expect(isLogoutError(error) && error.code).toBe('timeout')
    const closed = client.close().then(() => 'closed')
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'late').unref())
    expect(await Promise.race([closed, late])).toBe('closed')
  })
})
