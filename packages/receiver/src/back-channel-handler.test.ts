import { openOutbox } from '@backend-logout/outbox'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BackChannelHandlerOptions, createBackChannelHandler } from './back-channel-handler.ts'
import type { ReceiverEvent } from './events.ts'
import { readLogoutToken } from './form-body.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'
import type { RecordedSessions, StoredTokens } from './session-index.ts'
import { withContract } from './testing/contract.ts'
import { TestIssuer } from './testing/issuer.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await TestIssuer.start()
})
afterAll(() => issuer[Symbol.asyncDispose]())

let store: Map<string, StoredTokens>
let sessions: RecordedSessions
let events: ReceiverEvent[]
beforeEach(async () => {
  store = new Map()
  events = []
  sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
})

const now = (): number => Math.floor(Date.now() / 1000)
const URL = 'https://app.example.com/backchannel-logout'

/** Logs a user in. */
async function logIn(id: string, sub: string, sid?: string, iat: number = now() - 60): Promise<void> {
  store.set(id, { accessToken: `access ${id}`, refreshToken: `refresh ${id}` })
  expect(await sessions.add(id, { iss: issuer.url, sub, sid, iat })).toBe(true)
}

const handlerFor = (options: Partial<BackChannelHandlerOptions> = {}): ((request: Request) => Promise<Response>) =>
  withContract(
    createBackChannelHandler({
      verifier: createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' }),
      sessions,
      onEvent: (event) => events.push(event),
      ...options,
    }),
  )

const report = (token: string): Request =>
  new Request(URL, { method: 'POST', body: new URLSearchParams({ logout_token: token, other: 'ignored' }) })

const eventTypes = (): string[] => events.map(({ type }) => type)

describe('a logout', () => {
  test('with a sid ends only that session', async () => {
    await logIn('1', 'alice', 's1')
    await logIn('2', 'alice', 's2')
    await logIn('3', 'bob', 's3')
    const answer = await handlerFor()(report(await issuer.token({ sid: 's1' })))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect([...store.keys()]).toEqual(['2', '3'])
    expect(events.at(-1)).toMatchObject({ type: 'logged_out', sessions: 1 })
  })

  test('without a sid ends all sessions of that user only', async () => {
    await logIn('1', 'alice', 's1')
    await logIn('2', 'alice')
    await logIn('3', 'bob', 's3')
    expect((await handlerFor()(report(await issuer.token({ sid: undefined })))).status).toBe(200)
    expect([...store.keys()]).toEqual(['3'])
  })

  test('ends nothing if sid and sub do not belong together', async () => {
    await logIn('1', 'bob', 's1')
    expect((await handlerFor()(report(await issuer.token({ sub: 'alice', sid: 's1' })))).status).toBe(200)
    expect([...store.keys()]).toEqual(['1'])
  })

  test('of another tenant ends nothing at this one, even if the names are the same', async () => {
    await using other = await TestIssuer.start()
    await logIn('1', 'alice', 's1')
    const issuers = [issuer.url, other.url].map((url) => ({ issuer: url, clientId: 'app' }))
    const handler = handlerFor({ verifier: createLogoutTokenVerifier({ issuers }) })
    expect((await handler(report(await other.token({ sub: 'alice', sid: 's1' })))).status).toBe(200)
    expect((await handler(report(await other.token({ sub: 'alice', sid: undefined })))).status).toBe(200)
    expect([...store.keys()]).toEqual(['1'])
  })

  test('is read from among unknown parameters, whatever the query contains', async () => {
    await logIn('1', 'alice', 's1')
    const token = await issuer.token({ sid: 's1' })
    const body = new URLSearchParams([
      ['state', 'x'],
      ['logout_token', token],
      ['state', 'y'],
    ])
    const answer = await handlerFor()(new Request(`${URL}?logout_token=x&tenant=1`, { method: 'POST', body }))
    expect([answer.status, store.size]).toEqual([200, 0])
  })

  test('does not end a login that began after it', async () => {
    await logIn('before', 'alice', undefined, now() - 10)
    await logIn('same second', 'alice', undefined, now())
    await logIn('after', 'alice', undefined, now() + 2)
    await handlerFor()(report(await issuer.token({ sid: undefined })))
    expect([...store.keys()]).toEqual(['after'])
  })

  test('succeeds if nobody is logged in', async () => {
    expect((await handlerFor()(report(await issuer.token()))).status).toBe(200)
    expect(events.at(-1)).toMatchObject({ type: 'logged_out', sessions: 0 })
  })

  test('delivered twice gets 200, and does nothing', async () => {
    await logIn('1', 'alice', 's1')
    const handler = handlerFor()
    const token = await issuer.token({ sid: 's1' })
    expect((await handler(report(token))).status).toBe(200)
    expect((await handler(report(token))).status).toBe(200)
    expect(events.filter(({ type }) => type === 'logged_out' || type === 'repeated').map(({ type }) => type)).toEqual([
      'logged_out',
      'repeated',
    ])
  })

  test('that arrives before its login prevents it', async () => {
    const handler = handlerFor()
    await handler(report(await issuer.token({ sid: 's9' })))
    const claims = { iss: issuer.url, sub: 'alice', iat: now() - 5 }
    expect(await sessions.add('late', { ...claims, sid: 's9' })).toBe(false)
    expect(await sessions.add('other', { ...claims, sid: 's10' })).toBe(true)
    expect(await sessions.add('next', { ...claims, sid: 's9', iat: now() + 5 })).toBe(true)
  })
})

describe('tokens and services', () => {
  test('a real outbox receives the tokens, a real list refuses them, and the session ends', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using outbox = await openOutbox({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    await logIn('1', 'alice', 's1')
    const handler = handlerFor({ revocations: log, outbox })
    const claims = { iss: issuer.url, sub: 'alice', sid: 's1', jti: 't', iat: now() - 30, exp: now() + 600 }
    expect(list.check(claims)).toBe('valid')
    expect((await handler(report(await issuer.token({ sid: 's1' })))).status).toBe(200)
    expect((await outbox.stats()).pending).toBe(1)
    expect(store.size).toBe(0)
    await expect.poll(() => list.check(claims)).toBe('revoked')
    // The same user's other session, and the next login.
    expect(list.check({ ...claims, sid: 's2', jti: 'u' })).toBe('valid')
    expect(list.check({ ...claims, iat: now() + 5 })).toBe('valid')
  })

  test('access tokens that do not name their session are also refused, including those from before a refresh', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    const claims = (jti: string) => ({ iss: issuer.url, jti, iat: now() - 30, exp: now() + 600 })
    const [current, earlier, other] = await Promise.all(['1', '2', '3'].map((jti) => issuer.sign(claims(jti))))
    await logIn('a', 'alice', 's1')
    store.set('a', { accessToken: current, replacedAccessTokens: [earlier ?? '', 'opaque'] })
    await logIn('b', 'alice', 's2')
    store.set('b', { accessToken: other })
    expect((await handlerFor({ revocations: log })(report(await issuer.token({ sid: 's1' })))).status).toBe(200)
    await expect.poll(() => list.check(claims('1'))).toBe('revoked')
    expect([list.check(claims('2')), list.check(claims('3'))]).toEqual(['revoked', 'valid'])
  })

  test('sessions that live only in a cookie require only the list', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    const cookie = { iss: issuer.url, sub: 'alice', iat: now() - 3600 }
    await handlerFor({ sessions: undefined, revocations: log })(report(await issuer.token({ sid: undefined })))
    await expect.poll(() => list.check(cookie)).toBe('revoked')
    expect(list.check({ ...cookie, sub: 'bob' })).toBe('valid')
  })

  test('keepOfflineAccess keeps refresh tokens for offline access active', async () => {
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    for (const [id, scope] of Object.entries({ 1: 'openid offline_access', 2: 'openid', 3: undefined })) {
      await logIn(id, 'alice')
      store.set(id, { accessToken: `a${id}`, refreshToken: `r${id}`, scope, expiresAt: 2_000_000_000_000 })
    }
    await handlerFor({ outbox, keepOfflineAccess: true })(report(await issuer.token({ sid: undefined })))
    const expiresAt = 2_000_000_000_000
    expect(added).toEqual([
      { accessToken: 'a1', expiresAt },
      { accessToken: 'a2', refreshToken: 'r2', expiresAt },
      { accessToken: 'a3', expiresAt },
    ])
    expect(store.size).toBe(0)
  })

  test('all steps happen in an order that loses nothing', async () => {
    const steps: string[] = []
    const note = (step: string): Promise<void> => {
      steps.push(step)
      return Promise.resolve()
    }
    await logIn('1', 'alice')
    await logIn('2', 'alice')
    const verifier = createLogoutTokenVerifier({
      issuer: issuer.url,
      clientId: 'app',
      replays: { has: () => false, add: () => note('handled') },
    })
    await handlerFor({
      verifier,
      sessions: { ...sessions, end: () => note('end') },
      outbox: { add: () => note('outbox') },
      revocations: { append: () => note('revocations') },
    })(report(await issuer.token({ sid: undefined })))
    expect(steps).toEqual(['outbox', 'outbox', 'revocations', 'end', 'end', 'handled'])
  })
})

describe('a failure', () => {
  const failing = (): Promise<never> => Promise.reject(new Error('down'))
  const hanging = (): Promise<never> => new Promise(() => {})

  test.each<[string, (parts: RecordedSessions) => Partial<BackChannelHandlerOptions>]>([
    ['find', (index) => ({ sessions: { ...index, find: failing } })],
    ['tokens', (index) => ({ sessions: { ...index, tokens: failing } })],
    ['outbox', () => ({ outbox: { add: failing } })],
    ['outbox', () => ({ outbox: { add: hanging } })],
    ['revocations', () => ({ revocations: { append: failing } })],
    ['revocations', () => ({ revocations: { append: hanging } })],
  ])('%s: nothing has ended, the response is 503, and another delivery succeeds', async (step, broken) => {
    await logIn('1', 'alice', 's1')
    const outbox = { add: async () => {} }
    const verifier = createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' })
    const token = await issuer.token({ sid: 's1' })
    const answer = await handlerFor({ verifier, outbox, storeTimeoutMs: 50, ...broken(sessions) })(report(token))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect([...store.keys()]).toEqual(['1'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'failure', step }))
    expect(eventTypes().at(-1)).toBe('incomplete')
    expect((await handlerFor({ verifier, outbox })(report(token))).status).toBe(200)
    expect(store.size).toBe(0)
  })

  test('end: the other sessions end, the response is 503, and another delivery ends the rest', async () => {
    await logIn('1', 'alice')
    await logIn('2', 'alice')
    await logIn('3', 'alice')
    const verifier = createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' })
    const token = await issuer.token({ sid: undefined })
    const end = (id: string): unknown => (id === '2' ? failing() : sessions.end(id))
    expect((await handlerFor({ verifier, sessions: { ...sessions, end } })(report(token))).status).toBe(503)
    expect([...store.keys()]).toEqual(['2'])
    expect((await handlerFor({ verifier })(report(token))).status).toBe(200)
    expect(store.size).toBe(0)
  })

  test('replays: the logout is complete, and a second delivery is processed again', async () => {
    await logIn('1', 'alice', 's1')
    const verifier = createLogoutTokenVerifier({
      issuer: issuer.url,
      clientId: 'app',
      replays: { has: () => false, add: failing },
    })
    const token = await issuer.token({ sid: 's1' })
    expect((await handlerFor({ verifier })(report(token))).status).toBe(200)
    expect((await handlerFor({ verifier })(report(token))).status).toBe(200)
    expect(store.size).toBe(0)
  })

  test('keys that cannot be fetched cause 503, or 400 if failureStatus is 400', async () => {
    await using down = await TestIssuer.start()
    down.jwks = {}
    const verifier = createLogoutTokenVerifier({ issuer: down.url, clientId: 'app' })
    expect((await handlerFor({ verifier })(report(await down.token()))).status).toBe(503)
    expect((await handlerFor({ verifier, failureStatus: 400 })(report(await down.token()))).status).toBe(400)
    expect(events.at(-1)).toMatchObject({ type: 'refused', code: 'keys_unavailable' })
  })

  test('a verifier that throws any value is a failure, not a logout', async () => {
    const verifier = { verify: () => Promise.reject('nonsense'), handled: async () => {} }
    expect((await handlerFor({ verifier })(report('x'))).status).toBe(503)
    expect(eventTypes()).toEqual(['failure', 'incomplete'])
  })
})

describe('an invalid report', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test.each<[string, string, number, RequestInit]>([
    ['method_not_allowed', 'GET', 405, { method: 'GET' }],
    ['method_not_allowed', 'PUT', 405, { method: 'PUT', headers: form, body: 'logout_token=x' }],
    ['unsupported_media_type', 'JSON', 400, { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['unsupported_media_type', 'no type', 400, { body: new Uint8Array(1) }],
    ['unsupported_media_type', 'a form of parts', 400, { body: new FormData() }],
    [
      'unsupported_media_type',
      'a compressed body',
      400,
      { headers: { ...form, 'content-encoding': 'gzip' }, body: 'x' },
    ],
    ['malformed_body', 'no body', 400, { headers: form }],
    ['malformed_body', 'no token', 400, { headers: form, body: 'other=1' }],
    ['malformed_body', 'an empty token', 400, { headers: form, body: 'logout_token=' }],
    ['malformed_body', 'two tokens', 400, { headers: form, body: 'logout_token=a&logout_token=b' }],
    ['body_too_large', '64 KiB', 400, { headers: form, body: `logout_token=${'x'.repeat(65_536)}` }],
    ['malformed', 'a token that is none', 400, { headers: form, body: 'logout_token=x' }],
  ])('%s: %s', async (code, _name, status, init) => {
    const answer = await handlerFor()(new Request(URL, { method: 'POST', ...init }))
    expect(answer.status).toBe(status)
    expect(events.at(-1)).toMatchObject({ type: 'refused', code, status })
  })

  test('every refusal has the same response, whatever the reason', async () => {
    const handler = handlerFor()
    const tokens = [
      issuer.token({ aud: 'x' }),
      issuer.token({ nonce: 'n' }),
      issuer.token({ iss: 'https://x' }),
      issuer.token({ events: undefined }),
      issuer.token({ events: { other: {} } }),
      issuer.token({}, { typ: 'at+jwt' }),
      issuer.token({}, { kid: 'nobody' }),
      issuer.token({ sub: 'bob' }).then((token) => `${token.slice(0, -8)}AAAAAAAA`),
      'nonsense',
    ]
    const answers = await Promise.all(tokens.map(async (token) => handler(report(await token))))
    const read = await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`))
    expect(new Set(read)).toEqual(new Set([read[0]]))
    expect(read[0]).toMatch(/^400 /)
  })

  test('body_too_large: an endless body is not read to its end', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1_000
        controller.enqueue(new Uint8Array(1_000))
      },
    })
    const init = { method: 'POST', headers: form, body: endless, duplex: 'half' } as RequestInit
    expect((await handlerFor()(new Request(URL, init))).status).toBe(400)
    expect(pulled).toBeLessThan(50_000)
  })

  test('incomplete_body: a request that its server cannot create, for example with an invalid Host', async () => {
    const request = Object.defineProperty(report('x'), 'body', {
      get: () => {
        throw new TypeError('Invalid URL')
      },
    })
    expect((await handlerFor()(request)).status).toBe(400)
    expect(eventTypes()).toEqual(['refused'])
  })

  test('incomplete_body: a body that stops, breaks off or was read before', async () => {
    const stuck = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('broken')) })
    for (const body of [stuck, broken]) {
      const init = { method: 'POST', headers: form, body, duplex: 'half' } as RequestInit
      expect(await readLogoutToken(new Request(URL, init), 50)).toEqual({ problem: 'incomplete_body' })
    }
    const used = report('x')
    await used.text()
    expect(await readLogoutToken(used)).toEqual({ problem: 'incomplete_body' })
  })
})

test.each<[string, object]>([
  ['sessions', { sessions: undefined }],
  ['sessions.find', { sessions: {} }],
  ['revocations.append', { revocations: {} }],
  ['outbox.add', { outbox: {} }],
  ['verifier', { verifier: {} }],
  ['failureStatus', { failureStatus: 500 }],
  ['storeTimeoutMs', { storeTimeoutMs: 0 }],
  ['revokedForSeconds', { revokedForSeconds: 1 }],
  ['onEvent', { onEvent: true }],
])('the option %s is checked', (option, wrong) => {
  expect(() => handlerFor(wrong)).toThrow(expect.objectContaining({ code: 'invalid_options', option }))
})
