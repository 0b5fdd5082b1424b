import { describe, expect, test } from 'vitest'
import {
  ADDRESS,
  added,
  alice,
  ask,
  events,
  handlerFor,
  kick,
  live,
  request,
  SECRET,
  setUpWebhooks,
} from '../testing/webhooks.ts'

setUpWebhooks()

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
    ['an event that does not exist', { eventName: 'user:archived', data: { user: alice } }],
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
    ['an event that is not a string', { eventName: ['kick'], data: { users: [alice] } }],
    ['no event', { data: { users: [alice] } }],
    ['no data', { eventName: 'kick' }],
    ['data that is a list', { eventName: 'user:password-changed', data: [alice] }],
    ['no users', kick()],
    ['users that are not a list', { eventName: 'kick', data: { users: alice } }],
    ['one user without an id', kick('bob', { name: 'alice' })],
    ['a user with two ids', kick({ id: 'alice', userId: 'bob' })],
    ['an id that is not a string', kick({ id: 7 })],
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

  test('bytes that are not UTF-8, which would be another user: 400', async () => {
    const body = Buffer.from(JSON.stringify({ eventName: 'kick', data: { users: ['j\xfcrgen'] } }), 'latin1')
    const handler = await handlerFor()
    expect((await handler(request('', {}, { body }))).status).toBe(400)
    expect(events).toEqual([expect.objectContaining({ type: 'refused', code: 'malformed_body', status: 400 })])
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
