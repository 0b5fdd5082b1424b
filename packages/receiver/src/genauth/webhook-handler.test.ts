import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogoutEntry, ReceiverEvent } from '../index.ts'
import { createMemorySessionIndex } from '../memory-session-index.ts'
import {
  ADDRESS,
  APP,
  added,
  alice,
  ask,
  events,
  handlerFor,
  ISSUER,
  kick,
  listed,
  live,
  now,
  request,
  SECRET,
  setUpWebhooks,
} from '../testing/webhooks.ts'
import { createGenAuthWebhookHandler, type GenAuthWebhookHandler, kickUser } from './index.ts'

setUpWebhooks()

describe('ends everything for the user', () => {
  test.each<[string, unknown]>([
    ['kick', kick(alice)],
    ['kick, from this application', { eventName: 'kick', data: { users: [alice], application: { id: APP } } }],
    ['kick, from an unspecified application', { eventName: 'kick', data: { users: [alice], application: null } }],
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
    await later.add('4', { iss: ISSUER, sub: 'alice', iat: now() + 120 })
    live.add('4')
    await again(request(kick(alice)))
    expect(live.has('4')).toBe(true)
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

test("ends the sessions that exist even if GenAuth's clock is ahead, and not those of the next login", async () => {
  const ended: string[] = []
  const sessions = createMemorySessionIndex({ end: (id) => ended.push(id) })
  await sessions.add('1', { iss: ISSUER, sub: 'alice', iat: now() + 5 })
  expect(await ask(kick(alice), {}, { sessions })).toBe(200)
  expect(ended).toEqual(['1'])
  expect(await sessions.add('2', { iss: ISSUER, sub: 'alice', iat: now() + 6 })).toBe(true)
})

test('options that an object inherits have an effect', async () => {
  const ended: string[] = []
  const sessions = createMemorySessionIndex({ end: (id) => ended.push(id) })
  await sessions.add('1', { iss: ISSUER, sub: 'alice', iat: now() - 60 })
  class Settings {
    readonly issuer = ISSUER
    readonly appId = APP
    readonly secret = SECRET
    get sessions() {
      return sessions
    }
    get revocations() {
      return { append: async (entries: readonly LogoutEntry[]) => listed.push(...entries) }
    }
    onEvent(event: ReceiverEvent): void {
      events.push(event)
    }
  }
  const handler = createGenAuthWebhookHandler(new Settings())
  expect((await handler(request(kick(alice)))).status).toBe(200)
  expect([ended, listed.length, events.at(-1)]).toEqual([
    ['1'],
    1,
    { type: 'logged_out', sessions: 1, durationMs: expect.any(Number) },
  ])
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
