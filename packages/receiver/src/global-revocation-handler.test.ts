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

describe('nothing ends, and an event has the reason', () => {
  const email = { sub_id: { format: 'email', email: 'x@example.com' } }
  test.each<[number, string, string, unknown, object?]>([
    [400, 'malformed_body', 'without JSON', 'sub_id'],
    [400, 'malformed_body', 'with a list', []],
    [400, 'unreadable_subject', 'without a subject', {}],
    [400, 'unreadable_subject', 'with a format that is not known', { sub_id: { format: 'opaque', id: '1' } }],
    [400, 'unreadable_subject', 'with a subject that is text', { sub_id: 'alice' }],
    [400, 'unreadable_subject', 'with a sub of another type', { sub_id: { format: 'iss_sub', iss: 'x', sub: 7 } }],
    [
      403,
      'foreign_subject',
      'for another issuer',
      { sub_id: { format: 'iss_sub', iss: 'https://other', sub: 'alice' } },
    ],
    [404, 'unknown_subject', 'for an unknown address', email, { subjectOfEmail: () => null }],
    [422, 'unsupported_subject', 'for an address, which the application does not know', email],
    [400, 'body_too_large', 'with an endless body', 'x'.repeat(100_000)],
  ])('%s, %s: %s', async (status, code, _name, body, options = {}) => {
    expect(await ask(body, token(), options)).toBe(status)
    expect(events.at(-1)).toEqual({ type: 'refused', code, status, durationMs: expect.any(Number) })
    expect(live.size).toBe(3)
  })

  test('400: bytes that are not UTF-8, another content type, and a body that was read before', async () => {
    const handler = await handlerFor()
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
    const send = async (init: RequestInit, parse?: 'text'): Promise<unknown> => {
      const request = new Request(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(alice()), ...init })
      if (parse) await request.text()
      const { status } = await handler(request)
      return [status, (events.at(-1) as { code?: string }).code]
    }
    const latin1 = Buffer.from(
      JSON.stringify({ sub_id: { format: 'iss_sub', iss: issuer.url, sub: 'jürgen' } }),
      'latin1',
    )
    expect(await send({ body: latin1 })).toEqual([400, 'malformed_body'])
    expect(await send({ headers: { ...headers, 'content-type': 'text/plain' } })).toEqual([
      400,
      'unsupported_media_type',
    ])
    expect(await send({}, 'text')).toEqual([400, 'body_already_read'])
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
    const other = await handler(new Request(ENDPOINT))
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST'])
    expect(events).toMatchObject([
      { type: 'refused', code: 'token_missing', status: 401 },
      { type: 'refused', code: 'method_not_allowed', status: 405 },
    ])
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

test('a user that the application names may have any other members', async () => {
  const body = { sub_id: { format: 'email', email: 'alice@example.com' } }
  const subjectOfEmail = (_email: string, iss: string) => ({ iss, sub: 'alice', code: 7, status: 200 })
  expect(await ask(body, token(), { subjectOfEmail })).toBe(204)
  expect([...live]).toEqual(['3'])
})

test('options that an object inherits have an effect', async () => {
  const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
  live.add('1')
  await sessions.add('1', { iss: issuer.url, sub: 'alice', iat: now() - 60 })
  class Settings {
    readonly issuer = issuer.url
    readonly clientId = 'app'
    readonly endpoint = ENDPOINT
    get sessions() {
      return sessions
    }
  }
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
  const request = new Request(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(alice()) })
  expect((await createGlobalRevocationHandler(new Settings())(request)).status).toBe(204)
  expect([...live]).toEqual([])
})

describe('options of a verifier that have no effect here are refused', () => {
  const replays = { has: () => false, add: () => {} }
  test.each<[string, object]>([
    ['replays', { replays }],
    ['decryptionKeys', { decryptionKeys: [] }],
    ['allowMissingExp', { allowMissingExp: true }],
    ['strictType', { strictType: false }],
  ])('%s', async (option, changes) => {
    await expect(handlerFor(changes)).rejects.toMatchObject({ code: 'invalid_options', option })
    if (option === 'replays') return
    const issuers = [{ issuer: issuer.url, clientId: 'app', ...changes }]
    const several = handlerFor({ issuer: undefined, clientId: undefined, issuers })
    await expect(several).rejects.toMatchObject({ code: 'invalid_options', option: `issuers.${option}` })
  })

  test('also if an object inherits them, and not if they are undefined', async () => {
    const settings = {
      issuer: issuer.url,
      clientId: 'app',
      endpoint: ENDPOINT,
      sessions: createMemorySessionIndex({ end() {} }),
    }
    const inheriting: typeof settings = Object.setPrototypeOf({ ...settings }, { replays })
    expect(() => createGlobalRevocationHandler(inheriting)).toThrow(/^replays is not an option here/)
    expect(createGlobalRevocationHandler({ ...settings, ...{ replays: undefined } })).toBeTypeOf('function')
    // @ts-expect-error The compiler refuses them as well.
    expect(() => createGlobalRevocationHandler({ ...settings, allowMissingExp: true })).toThrow(
      /tokens .* must have exp/,
    )
  })
})

test.each(['http://app.example.com/x', 'https://app.example.com/x?y', 7])(
  'the handler checks endpoint: %s',
  async (endpoint) => {
    await expect(handlerFor({ endpoint })).rejects.toMatchObject({ code: 'invalid_options' })
  },
)
