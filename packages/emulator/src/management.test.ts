import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator, type WebhookOptions } from './index.ts'
import { send } from './testing/wire.ts'
import { UserAgent } from './user-agent.ts'

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: { readonly eventName: string; readonly data: unknown }
}

let emulator: Emulator
let uri: string
let received: Received[] = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  received.push({ headers: request.headers, body: JSON.parse(body) })
  response.writeHead(202).end()
})
beforeAll(async () => {
  emulator = await startEmulator()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`
})
afterAll(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  received = []
  emulator.sendWebhooksTo(undefined)
  emulator.reset()
})

const DATE = 'Thu, 26 Nov 2026 08:00:00 GMT'

/** The example of the contract, with the text written by hand. */
function signed(path: string, members: string, secret = emulator.management.accessKeySecret): Record<string, string> {
  const text = `POST\ndate:${DATE}\nx-genauth-signature-nonce:5b8a1c0e\n${path}?${members}`
  const mac = createHmac('sha1', secret).update(text).digest('base64')
  return {
    date: DATE,
    'x-genauth-signature-nonce': '5b8a1c0e',
    'content-type': 'application/json',
    authorization: `GenAuth ${emulator.management.accessKeyId}:${mac}`,
  }
}

async function ask(path: string, body: object | string, headers: Record<string, string>): Promise<object> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await send(`${emulator.appHost}${path}`, { method: 'POST', headers, body: text })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.body)
}

const statusOf = (userId: string, appId: string) =>
  ask(
    '/api/v3/check-session-status',
    { userId, appId },
    signed('/api/v3/check-session-status', `appId=${appId}&userId=${userId}`),
  )
const kick = (userId: string, ...appIds: string[]) =>
  ask(
    '/api/v3/kick-users',
    { userId, appIds },
    signed('/api/v3/kick-users', `appIds=${JSON.stringify(appIds)}&userId=${userId}`),
  )
const active = (value: boolean) => ({ statusCode: 200, message: 'Success', data: { active: value } })

describe('the management API', () => {
  test("ends a user's sessions only in the named applications", async () => {
    const { post, basic } = emulator.apps
    const { accessToken } = await emulator.signIn('alice')
    await emulator.signIn('alice', { app: basic })
    await emulator.signIn('bob')
    expect(await statusOf('alice', post.appId)).toEqual(active(true))
    expect(await kick('alice', post.appId)).toEqual({ statusCode: 200, message: 'Success', data: { success: true } })
    expect(await statusOf('alice', post.appId)).toEqual(active(false))
    expect(await statusOf('alice', basic.appId)).toEqual(active(true))
    expect(await statusOf('bob', post.appId)).toEqual(active(true))
    expect(await emulator.isActive(accessToken)).toBe(true)
  })

  test('ends a session that two applications share only for the named one', async () => {
    const { post, basic } = emulator.apps
    const browser = new UserAgent()
    for (const { appId, redirectUri } of [post, basic]) {
      const start = new URL(`${emulator.issuer}/auth`)
      const query = { client_id: appId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
      start.search = new URLSearchParams(query).toString()
      const { location = '' } = await browser.request(start)
      const next = new URL(location, emulator.appHost)
      if (next.href.startsWith(redirectUri)) continue
      const login = await browser.request(next, { login: 'erin' })
      await browser.request(new URL(login.location ?? '', emulator.appHost))
    }
    browser.close()
    expect(await statusOf('erin', basic.appId)).toEqual(active(true))
    await kick('erin', post.appId)
    expect(await statusOf('erin', post.appId)).toEqual(active(false))
    expect(await statusOf('erin', basic.appId)).toEqual(active(true))
  })

  test('refuses a signature by another secret, for another body or under another id, inside HTTP 200', async () => {
    const path = '/api/v3/check-session-status'
    const { appId } = emulator.app
    const members = `appId=${appId}&userId=alice`
    const refused = { statusCode: 401, message: 'The signature is invalid.', requestId: expect.any(String) }
    const headers = signed(path, members)
    expect(await ask(path, { userId: 'alice', appId }, headers)).toMatchObject({ statusCode: 200 })
    expect(await ask(path, { userId: 'bob', appId }, headers)).toEqual(refused)
    expect(await ask(path, { userId: 'alice', appId }, signed(path, members, 'another'))).toEqual(refused)
    expect(await ask(path, { userId: 'alice', appId }, { ...headers, date: 'today' })).toEqual(refused)
    const authorization = `GenAuth x${headers.authorization?.slice(9)}`
    expect(await ask(path, { userId: 'alice', appId }, { ...headers, authorization })).toEqual(refused)
    expect(await ask(path, { userId: 'alice', appId }, { 'content-type': 'application/json' })).toEqual(refused)
  })

  test('refuses malformed requests', async () => {
    const { appId } = emulator.app
    expect(await kick('alice')).toMatchObject({ statusCode: 400 })
    expect(await kick('alice', ...Array.from({ length: 51 }, () => appId))).toMatchObject({ statusCode: 400 })
    expect(await ask('/api/v3/kick-users', 'no JSON', {})).toMatchObject({ statusCode: 400 })
    expect(await ask('/api/v3/kick-users', '[]', {})).toMatchObject({ statusCode: 400 })
    expect(await ask('/api/v3/kick-users', `{"a":"${'x'.repeat(70_000)}"}`, {})).toMatchObject({ statusCode: 400 })
    expect(JSON.parse((await send(`${emulator.appHost}/api/v3/kick-users`)).body)).toMatchObject({ statusCode: 404 })
  })

  test('simulates failures, and appears in the list of requests', async () => {
    emulator.answerNext({ endpoint: 'kick_users', envelopeError: { statusCode: 403, apiCode: 2333, message: 'no' } })
    expect(await kick('alice', emulator.app.appId)).toMatchObject({ statusCode: 403, apiCode: 2333 })
    await statusOf('alice', emulator.app.appId)
    expect(emulator.requests.map(({ endpoint }) => endpoint)).toEqual(['kick_users', 'check_session_status'])
    expect(JSON.stringify(emulator.requests)).not.toContain('alice')
  })
})

describe('webhooks', () => {
  const SECRET = 'a-request-key-for-tests'

  test('report a kick, once for each application that the user was logged in to', async () => {
    const { post, basic } = emulator.apps
    emulator.sendWebhooksTo(uri, { secret: SECRET })
    await emulator.signIn('carol')
    await kick('carol', post.appId, basic.appId)
    expect(received).toHaveLength(1)
    expect(received[0]?.headers).toMatchObject({
      'x-genauth-token': SECRET,
      'content-type': 'application/json',
      'user-agent': 'authing-webhook@2.0',
    })
    const users = [expect.objectContaining({ id: 'carol' })]
    expect(received[0]?.body).toEqual({ eventName: 'kick', data: { users, application: { id: post.appId } } })
    await kick('carol', post.appId)
    expect(received).toHaveLength(1)
  })

  test('are sent on demand, with the names of either SDK', async () => {
    emulator.sendWebhooksTo(uri, { secret: SECRET, headers: 'authing' })
    expect(await emulator.sendWebhook('kick', 'alice')).toBe(202)
    await emulator.sendWebhook('user:blocked', 'alice')
    await emulator.sendWebhook('user:deleted', 'alice')
    await emulator.sendWebhook('user:password-changed', 'alice')
    const alice = expect.objectContaining({ id: 'alice' })
    expect(received.map(({ body }) => body)).toEqual([
      { eventName: 'kick', data: { users: [alice] } },
      { eventName: 'user:blocked', data: { user: alice } },
      { eventName: 'user:deleted', data: { users: [alice] } },
      { eventName: 'user:password-changed', data: alice },
    ])
    expect(received[0]?.headers).toMatchObject({ 'x-authing-token': SECRET, 'x-authing-webhook-secret': SECRET })
    expect(received[0]?.headers['x-genauth-token']).toBeUndefined()
  })

  test('are sent only to a configured loopback address', async () => {
    expect(await emulator.sendWebhook('kick', 'alice')).toBeUndefined()
    const options: WebhookOptions = { secret: SECRET }
    expect(() => emulator.sendWebhooksTo('https://app.example.com/webhooks', options)).toThrow(TypeError)
    expect(() => emulator.sendWebhooksTo(uri, { secret: 'two words' })).toThrow(TypeError)
    expect(() => emulator.sendWebhooksTo(uri, { ...options, headers: 'x' as never })).toThrow(TypeError)
    await expect(emulator.sendWebhook('login' as never, 'alice')).rejects.toThrow(TypeError)
    expect(received).toEqual([])
  })

  test('can be controlled over HTTP', async () => {
    const control = async (name: string, body: object): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return JSON.parse((await send(`${emulator.appHost}/emulator/${name}`, init)).body)
    }
    expect(await control('send-webhooks-to', { uri, secret: SECRET })).toEqual({})
    expect(await control('send-webhook', { event: 'user:blocked', user: 'dave' })).toEqual({ status: 202 })
    expect(await control('send-webhook', { event: 'login', user: 'dave' })).toMatchObject({ error: expect.any(String) })
    expect(received).toHaveLength(1)
    const apps = JSON.parse((await send(`${emulator.appHost}/emulator/apps`)).body)
    expect(apps.management).toEqual(emulator.management)
  })
})
