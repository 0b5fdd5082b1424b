import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LogoutEntry, ReceiverEvent } from '../index.ts'
import { createMemorySessionIndex } from '../memory-session-index.ts'
import {
  createGenAuthWebhookHandler,
  type GenAuthWebhookHandler,
  type GenAuthWebhookOptions,
  kickUser,
} from './index.ts'

const ISSUER = 'https://example.genauth.ai/oidc'
const SECRET = 'the-request-key-of-the-console'
const APP = '62f20932716fbcc10d966ee5'
const ADDRESS = 'https://app.example.com/genauth-webhooks'

let live: Set<string>
let events: ReceiverEvent[]
let added: unknown[]
let listed: LogoutEntry[]
beforeEach(() => {
  live = new Set()
  events = []
  added = []
  listed = []
})

const now = (): number => Math.floor(Date.now() / 1000)

async function handlerFor(changes: Partial<GenAuthWebhookOptions> = {}): Promise<GenAuthWebhookHandler> {
  const sessions = createMemorySessionIndex({
    tokens: (id) => ({ accessToken: `a${id}`, refreshToken: `r${id}`, scope: 'offline_access' }),
    end: (id) => live.delete(id),
  })
  for (const [id, sub] of Object.entries({ 1: 'alice', 2: 'alice', 3: 'bob' })) {
    live.add(id)
    await sessions.add(id, { iss: changes.issuer || ISSUER, sub, iat: now() - 60 })
  }
  return createGenAuthWebhookHandler({
    issuer: ISSUER,
    appId: APP,
    secret: SECRET,
    sessions,
    outbox: { add: async (tokens) => added.push(tokens) },
    revocations: { append: async (entries) => listed.push(...entries) },
    onEvent: (event) => events.push(event),
    ...changes,
  })
}

const request = (body: unknown, headers: object = {}, init: RequestInit = {}): Request => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = { 'content-type': 'application/json', 'x-genauth-token': SECRET, ...headers }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return new Request(ADDRESS, { method: 'POST', headers: Object.fromEntries(given), body: text, ...init })
}

const ask = async (
  body: unknown,
  headers: object = {},
  changes: Partial<GenAuthWebhookOptions> = {},
): Promise<number> => (await (await handlerFor(changes))(request(body, headers))).status

const kick = (...users: unknown[]) => ({ eventName: 'kick', data: { users } })
const alice = { id: 'alice', username: 'alice', password: '5f4dcc3b5aa765d61d8327deb882cf99', token: 'eyJhbGci' }

describe('ends everything for the user', () => {
  test.each<[string, unknown]>([
    ['kick', kick(alice)],
    ['kick, from this application', { eventName: 'kick', data: { users: [alice], application: { id: APP } } }],
    ['kick, from no certain application', { eventName: 'kick', data: { users: [alice], application: null } }],
    ['user:blocked', { eventName: 'user:blocked', data: { user: alice } }],
    ['user:deleted', { eventName: 'user:deleted', data: { users: [alice] } }],
    ['user:deleted, with ids alone', { eventName: 'user:deleted', data: { users: ['alice'] } }],
    ['user:password-changed', { eventName: 'user:password-changed', data: alice }],
    ['user:password-changed, with an id alone', { eventName: 'user:password-changed', data: { userId: 'alice' } }],
    ['user:password-changed, with a member', { eventName: 'user:password-changed', data: { user: alice } }],
  ])('%s', async (_name, body) => {
    expect(await ask(body)).toBe(200)
    expect([...live]).toEqual(['3'])
    expect(added).toHaveLength(2)
    expect(added).toContainEqual({ accessToken: 'a1', refreshToken: 'r1' })
    expect(listed).toContainEqual(expect.objectContaining({ iss: ISSUER, sub: 'alice' }))
    expect(events).toEqual([{ type: 'logged_out', sessions: 2, durationMs: expect.any(Number) }])
  })

  test('for all users that it names, each once', async () => {
    expect(await ask(kick('alice', 'bob', 'alice'))).toBe(200)
    expect([...live]).toEqual([])
    expect(added).toHaveLength(3)
    expect(events).toEqual([expect.objectContaining({ type: 'logged_out', sessions: 3 })])
  })

  test('a repeated delivery ends nothing new, and no login that begins after it', async () => {
    const handler = await handlerFor()
    expect((await handler(request(kick(alice)))).status).toBe(200)
    expect((await handler(request(kick(alice)))).status).toBe(200)
    expect(added).toHaveLength(2)
    expect(events.map((event) => 'sessions' in event && event.sessions)).toEqual([2, 0])

    const later = createMemorySessionIndex({ end: (id) => live.delete(id) })
    const again = await handlerFor({ sessions: later })
    await later.add('4', { iss: ISSUER, sub: 'alice', iat: now() + 5 })
    live.add('4')
    await again(request(kick(alice)))
    expect(live.has('4')).toBe(true)
  })
})

describe('the secret', () => {
  test.each(['x-genauth-token', 'x-genauth-webhook-secret', 'x-authing-token', 'x-authing-webhook-secret'])(
    'can be in %s',
    async (name) => {
      expect(await ask(kick(alice), { 'x-genauth-token': undefined, [name]: SECRET })).toBe(200)
    },
  )

  test('can be one of several, during a rotation', async () => {
    const secret = ['another-key-of-the-console', SECRET]
    expect(await ask(kick(alice), {}, { secret })).toBe(200)
    expect(await ask(kick(alice), { 'x-genauth-token': secret[0] }, { secret })).toBe(200)
    expect(await ask(kick(alice), { 'x-genauth-token': secret.join() }, { secret })).toBe(401)
  })

  test.each<[string, object]>([
    ['missing', { 'x-genauth-token': undefined }],
    ['empty', { 'x-genauth-token': '' }],
    ['another', { 'x-genauth-token': 'a-guess-at-the-request-key' }],
    ['a part of it', { 'x-genauth-token': SECRET.slice(0, -1) }],
    ['longer', { 'x-genauth-token': `${SECRET}x` }],
    ['twice', { 'x-genauth-token': `${SECRET}, ${SECRET}` }],
    ['in another letter case', { 'x-genauth-token': SECRET.toUpperCase() }],
    ['right in one header, and wrong in another', { 'x-authing-token': 'a-guess-at-the-request-key' }],
    ['in another header', { 'x-genauth-token': undefined, authorization: `Bearer ${SECRET}` }],
  ])('%s: 401, and nothing ends', async (_name, headers) => {
    expect(await ask(kick(alice), headers)).toBe(401)
    expect(live.size).toBe(3)
    expect(events).toEqual([expect.objectContaining({ type: 'refused', code: 'wrong_secret', status: 401 })])
  })

  test("is checked first: no part of a forged request's body is read", async () => {
    let pulled = 0
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    const forged = request('', { 'x-genauth-token': 'a-guess' }, { body, duplex: 'half' } as RequestInit)
    expect((await (await handlerFor())(forged)).status).toBe(401)
    expect(pulled).toBe(0)
  })
})

describe('nothing ends, and the event is acknowledged', () => {
  test.each<[string, unknown]>([
    ["the console's test", { description: 'A test from GenAuth Webhook' }],
    ['another event', { eventName: 'login', data: alice }],
    ['an event with tokens in it', { eventName: 'refresh-token', data: { nextAccessToken: 'eyJhbGci' } }],
    ['an event that nobody knows', { eventName: 'user:archived', data: { user: alice } }],
    ['a name of an object', { eventName: 'constructor', data: { users: [alice] } }],
    ['kick, from another application', { eventName: 'kick', data: { users: [alice], application: { id: 'other' } } }],
    ['an event of other users', kick('carol')],
  ])('acknowledged: %s', async (name, body) => {
    expect(await ask(body)).toBe(200)
    expect(live.size).toBe(3)
    expect(events[0]?.type).toBe(name === 'an event of other users' ? 'logged_out' : 'ignored')
    expect(JSON.stringify(events)).not.toContain('eyJhbGci')
  })

  test('an event that is not selected', async () => {
    const changes = { events: ['kick'] } as const
    expect(await ask({ eventName: 'user:password-changed', data: alice }, {}, changes)).toBe(200)
    expect(live.size).toBe(3)
    expect(await ask(kick(alice), {}, changes)).toBe(200)
    expect([...live]).toEqual(['3'])
  })
})

describe('nothing ends, and the request is refused', () => {
  test.each<[string, unknown]>([
    ['no JSON', 'eventName=kick'],
    ['JSON that is cut off', '{"eventName":"kick","data":{"users":["ali'],
    ['null', 'null'],
    ['a list', [kick(alice)]],
    ['an event that is no text', { eventName: ['kick'], data: { users: [alice] } }],
    ['no event', { data: { users: [alice] } }],
    ['no data', { eventName: 'kick' }],
    ['data that is a list', { eventName: 'user:password-changed', data: [alice] }],
    ['no users', kick()],
    ['users that are no list', { eventName: 'kick', data: { users: alice } }],
    ['one user without an id', kick('bob', { name: 'alice' })],
    ['a user with two ids', kick({ id: 'alice', userId: 'bob' })],
    ['an id that is no text', kick({ id: 7 })],
    ['an id with a line break', kick({ id: 'alice\n' })],
    ['an empty id', kick('')],
    ['an id that is too long', kick('a'.repeat(257))],
    ['an id in the prototype', '{"eventName":"kick","data":{"users":[{"__proto__":{"id":"alice"}}]}}'],
    ['blocked without a user', { eventName: 'user:blocked', data: { users: [alice] } }],
    ['an application without an id', { eventName: 'kick', data: { users: [alice], application: {} } }],
  ])('%s: 400', async (_name, body) => {
    expect(await ask(body)).toBe(400)
    expect(live.size).toBe(3)
    expect(added).toEqual([])
    expect(events).toEqual([expect.objectContaining({ type: 'refused', code: 'unreadable_event', status: 400 })])
  })

  test('a form: 400, because the documentation does not specify its format', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await ask('eventName=kick&data=alice', headers)).toBe(400)
    expect(events).toEqual([expect.objectContaining({ code: 'unsupported_media_type' })])
  })

  test('more than a MiB: 400, with and without a length', async () => {
    const huge = JSON.stringify(kick(alice, 'x'.repeat(1_048_576)))
    expect(await ask(huge)).toBe(400)
    const pieces = ReadableStream.from(Array.from({ length: 40 }, () => new Uint8Array(32_768)))
    const streamed = request('', {}, { body: pieces, duplex: 'half' } as RequestInit)
    expect((await (await handlerFor())(streamed)).status).toBe(400)
    expect(events.map((event) => 'code' in event && event.code)).toEqual(['body_too_large', 'body_too_large'])
    expect(live.size).toBe(3)
  })

  test('GET: 405', async () => {
    const response = await (await handlerFor())(new Request(ADDRESS, { headers: { 'x-genauth-token': SECRET } }))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('a store that fails', () => {
  test('503, so that another delivery finds everything', async () => {
    const outbox = { add: async () => Promise.reject(new Error('disk full')) }
    const response = await (await handlerFor({ outbox }))(request(kick(alice)))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(live.size).toBe(3)
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['failure', 'incomplete']))
  })

  test('no other user is processed after a failure', async () => {
    let asked = 0
    const find = async (): Promise<never> => {
      asked++
      throw new Error('down')
    }
    const users = Array.from({ length: 1_000 }, (_, index) => `user${index}`)
    expect(await ask(kick(...users), {}, { sessions: { find, end: async () => undefined } })).toBe(503)
    expect(asked).toBe(8)
  })
})

test.each<[string, object, string]>([
  ['a short secret', { secret: 'short' }, 'secret'],
  ['no secret', { secret: [] }, 'secret'],
  ['a secret with a space', { secret: 'the request key of the console' }, 'secret'],
  ['no issuer', { issuer: '' }, 'issuer'],
  ['no application', { appId: [] }, 'appId'],
  ['an unknown event', { events: ['login'] }, 'events'],
  ['no event', { events: [] }, 'events'],
  ['nothing to end', { sessions: undefined, revocations: undefined }, 'sessions'],
  ['an option of another handler', { keepOfflineAccess: true }, 'keepOfflineAccess'],
])('refuses the option %s', async (_name, changes, option) => {
  await expect(handlerFor(changes as never)).rejects.toMatchObject({ code: 'invalid_options', option })
})

describe('over sockets', () => {
  let emulator: Emulator
  let server: Server
  let handler: GenAuthWebhookHandler
  beforeAll(async () => {
    emulator = await startEmulator()
    server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string])
      const { method = 'GET' } = incoming
      const body = method === 'POST' ? Buffer.concat(chunks) : null
      const answer = await handler(new Request(ADDRESS, { method, headers, body }))
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(async () => {
    await emulator.close()
    server.closeAllConnections()
    server.close()
  })

  test.each(['genauth', 'authing'] as const)(
    'a kick at GenAuth ends the sessions here, with headers of %s',
    async (headers) => {
      const { appId } = emulator.app
      handler = await handlerFor({ issuer: emulator.issuer, appId })
      const { port } = server.address() as AddressInfo
      emulator.sendWebhooksTo(`http://127.0.0.1:${port}/genauth-webhooks`, { secret: SECRET, headers })
      await emulator.signIn('alice')
      expect(await kickUser({ userId: 'alice', appIds: [appId] }, emulator.management)).toMatchObject({
        state: 'verified',
      })
      expect([...live]).toEqual(['3'])
      expect(await emulator.sendWebhook('user:blocked', 'bob')).toBe(200)
      expect([...live]).toEqual([])
      emulator.sendWebhooksTo(`http://127.0.0.1:${port}/`, { secret: 'a-guess-at-the-request-key', headers })
      expect(await emulator.sendWebhook('user:deleted', 'alice')).toBe(401)
    },
  )
})
