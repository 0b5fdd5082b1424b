import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReceiverEvent } from './events.ts'
import { createGlobalRevocationHandler, type GlobalRevocationHandler } from './global-revocation-handler.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'
import { createKey, TestIssuer } from './testing/issuer.ts'

const ENDPOINT = 'https://app.example.com/global-token-revocation'

let issuer: TestIssuer
let live: Set<string>
let events: ReceiverEvent[]
let added: unknown[]
beforeAll(async () => {
  issuer = await TestIssuer.start()
})
afterAll(() => issuer[Symbol.asyncDispose]())
beforeEach(() => {
  live = new Set()
  events = []
  added = []
})

const now = (): number => Math.floor(Date.now() / 1000)

async function handlerFor(options: object = {}): Promise<GlobalRevocationHandler> {
  const sessions = createMemorySessionIndex({
    tokens: (id) => ({ accessToken: `a${id}`, refreshToken: `r${id}`, scope: 'offline_access' }),
    end: (id) => live.delete(id),
  })
  for (const [id, sub] of Object.entries({ 1: 'alice', 2: 'alice', 3: 'bob' })) {
    live.add(id)
    await sessions.add(id, { iss: issuer.url, sub, sid: `s${id}`, iat: now() - 60 })
  }
  const outbox = { add: async (tokens: unknown) => added.push(tokens) }
  const onEvent = (event: ReceiverEvent): unknown => events.push(event)
  return createGlobalRevocationHandler({
    ...{ issuer: issuer.url, clientId: 'app', endpoint: ENDPOINT, sessions, outbox, onEvent: onEvent as never },
    ...options,
  })
}

/** A token like Okta's, with changes; `undefined` removes a claim. */
function token(changes: object = {}, header: object = {}): Promise<string> {
  const claims = { sub: 'app', aud: ENDPOINT, nbf: now() - 300, exp: now() + 300, events: undefined, sid: undefined }
  return issuer.sign(issuer.claims({ ...claims, ...changes }), { typ: 'global-token-revocation+jwt', ...header })
}

const alice = (): object => ({ sub_id: { format: 'iss_sub', iss: issuer.url, sub: 'alice' } })

async function ask(body: unknown, bearer: string | Promise<string> = token(), options: object = {}): Promise<number> {
  const headers = { authorization: `Bearer ${await bearer}`, 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return (await (await handlerFor(options))(new Request(ENDPOINT, { method: 'POST', headers, body: text }))).status
}

test('everything for the user ends, including offline access', async () => {
  expect(await ask(alice())).toBe(204)
  expect([...live]).toEqual(['3'])
  expect(events.at(-1)).toMatchObject({ type: 'logged_out', sessions: 2 })
  expect(added).toHaveLength(2)
  expect(added).toContainEqual({ accessToken: 'a1', refreshToken: 'r1' })
})

test("the member's other name is accepted", async () => {
  expect(await ask({ subject: { format: 'iss_sub', iss: issuer.url, sub: 'bob' } })).toBe(204)
  expect([...live]).toEqual(['1', '2'])
})

test('users are found by their email address if the application supports it', async () => {
  const body = { sub_id: { format: 'email', email: 'alice@example.com' } }
  const subjectOfEmail = (email: string, iss: string) => (email.startsWith('alice') ? { iss, sub: 'alice' } : undefined)
  expect(await ask(body)).toBe(422)
  expect(await ask({ sub_id: { format: 'email', email: 'x@example.com' } }, token(), { subjectOfEmail })).toBe(404)
  expect(await ask(body, token(), { subjectOfEmail })).toBe(204)
  expect([...live]).toEqual(['3'])
})

describe('nothing ends', () => {
  test.each<[number, string, unknown]>([
    [400, 'without JSON', 'sub_id'],
    [400, 'without a subject', {}],
    [400, 'with a format that is not known', { sub_id: { format: 'opaque', id: '1' } }],
    [400, 'with a subject that is text', { sub_id: 'alice' }],
    [400, 'with a sub that is not a string', { sub_id: { format: 'iss_sub', iss: 'x', sub: 7 } }],
    [403, 'for a user of another issuer', { sub_id: { format: 'iss_sub', iss: 'https://other', sub: 'alice' } }],
    [400, 'with an endless body', 'x'.repeat(100_000)],
  ])('%s: %s', async (status, _name, body) => {
    expect(await ask(body)).toBe(status)
    expect(live.size).toBe(3)
  })

  test.each<[string, object, object]>([
    ['wrong_audience', { aud: `${ENDPOINT}/other` }, {}],
    ['wrong_audience', { sub: 'another' }, {}],
    ['unknown_issuer', { iss: 'https://other.example.com' }, {}],
    ['wrong_type', {}, { typ: 'logout+jwt' }],
    ['wrong_type', {}, { typ: 'JWT' }],
    ['wrong_type', {}, { typ: undefined }],
    ['expired', { iat: Math.floor(Date.now() / 1000) - 900, exp: Math.floor(Date.now() / 1000) - 600 }, {}],
    ['exp_missing', { exp: undefined }, {}],
    ['unknown_key', {}, { kid: 'another' }],
  ])('401, %s: %j %j', async (code, changes, header) => {
    expect(await ask(alice(), token(changes, header))).toBe(401)
    expect(events).toContainEqual(expect.objectContaining({ type: 'refused', code, status: 401 }))
    expect(live.size).toBe(3)
  })

  test('401: signed with a foreign key', async () => {
    const stranger = { ...(await createKey()), kid: issuer.key.kid }
    const claims = issuer.claims({ sub: 'app', aud: ENDPOINT })
    expect(await ask(alice(), issuer.sign(claims, { typ: 'global-token-revocation+jwt' }, stranger))).toBe(401)
  })

  test('401: without a token, and 405 for other methods', async () => {
    const handler = await handlerFor()
    const answer = await handler(new Request(ENDPOINT, { method: 'POST', body: JSON.stringify(alice()) }))
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await handler(new Request(ENDPOINT))).status).toBe(405)
  })

  test.each([{ sub: undefined }, { sub: '' }, { iss: undefined }])(
    '503: for a user whom the application does not name: %o',
    async (changes) => {
      const listed: unknown[] = []
      const revocations = { append: async (entries: unknown[]) => listed.push(...entries) }
      const subjectOfEmail = (_email: string, iss: string) => ({ iss, sub: 'alice', ...changes })
      const body = { sub_id: { format: 'email', email: 'alice@example.com' } }
      expect(await ask(body, token(), { subjectOfEmail, revocations })).toBe(503)
      expect(events).toContainEqual(expect.objectContaining({ type: 'failure', step: 'handler' }))
      expect(listed).toEqual([])
      expect(live.size).toBe(3)
    },
  )

  test('503: in time if the application does not name the user', async () => {
    const subjectOfEmail = (): Promise<never> => new Promise(() => {})
    const body = { sub_id: { format: 'email', email: 'alice@example.com' } }
    expect(await ask(body, token(), { subjectOfEmail, storeTimeoutMs: 50 })).toBe(503)
  })

  test('503: with a key that may be newer than the known ones', async () => {
    const handler = await handlerFor()
    const deliver = async (bearer: Promise<string>): Promise<Response> => {
      const headers = { authorization: `Bearer ${await bearer}`, 'content-type': 'application/json' }
      return handler(new Request(ENDPOINT, { method: 'POST', headers, body: '{}' }))
    }
    expect((await deliver(token())).status).toBe(400)
    // A minute later, the issuer does not respond.
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000)
    issuer.answer = (_, response) => {
      response.writeHead(503).end()
      return true
    }
    const answer = await deliver(token({}, { kid: 'new' }))
    issuer.answer = undefined
    vi.restoreAllMocks()
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(5)
    expect(events.at(-1)).toMatchObject({ type: 'refused', code: 'keys_unavailable', status: 503 })
    expect(live.size).toBe(3)
  })

  test('503: if a store fails', async () => {
    const outbox = { add: () => Promise.reject(new Error('down')) }
    expect(await ask(alice(), token(), { outbox })).toBe(503)
    expect(live.size).toBe(3)
  })
})

test.each(['http://app.example.com/x', 'https://app.example.com/x?y', 7])(
  'the handler checks endpoint: %s',
  async (endpoint) => {
    await expect(handlerFor({ endpoint })).rejects.toMatchObject({ code: 'invalid_options' })
  },
)
