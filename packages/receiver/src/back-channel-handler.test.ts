import { describe, expect, test, vi } from 'vitest'
import type { BackChannelHandlerOptions } from './back-channel-handler.ts'
import { logoutEverywhere } from './log-out-everywhere.ts'
import type { RevocableTokens } from './logout-targets.ts'
import type { RecordedSessions } from './session-index.ts'
import { TestIssuer } from './testing/issuer.ts'
import {
  events,
  eventTypes,
  handlerFor,
  issuer,
  logIn,
  now,
  report,
  sessions,
  setUpReports,
  store,
  URL,
} from './testing/reported-logouts.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

setUpReports()

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

  test.each(['has', 'add'] as const)('replays.%s() never ends: there is a response in time', async (method) => {
    await logIn('1', 'alice', 's1')
    const replays = { has: () => false, add: () => {}, [method]: hanging }
    const verifier = createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app', timeoutMs: 1_000, replays })
    const answer = await handlerFor({ verifier, storeTimeoutMs: 50 })(report(await issuer.token({ sid: 's1' })))
    expect(answer.status).toBe(method === 'has' ? 503 : 200)
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

  test.each(['tokens', 'outbox'])('%s of one session: the others end, and services refuse all tokens', async (step) => {
    for (const id of ['1', '2', '3']) await logIn(id, 'alice')
    const appended: unknown[] = []
    const revocations = { append: async (entries: readonly unknown[]) => appended.push(...entries) }
    const index = {
      ...sessions,
      tokens: (id: string) => (id === '2' && step === 'tokens' ? failing() : { refreshToken: id }),
    }
    const add = ({ refreshToken }: RevocableTokens): Promise<unknown> =>
      refreshToken === '2' ? failing() : Promise.resolve()
    const handler = handlerFor({ sessions: index, outbox: { add }, revocations })
    expect((await handler(report(await issuer.token({ sid: undefined })))).status).toBe(503)
    expect([...store.keys()]).toEqual(['2'])
    expect(appended).toMatchObject([{ sub: 'alice' }])
  })

  test('tokens: services refuse the tokens before the last session is tried', async () => {
    for (let id = 0; id < 40; id++) await logIn(String(id), 'alice')
    let tried = 0
    const tokens = (): Promise<never> => {
      tried++
      return failing()
    }
    const triedBefore: number[] = []
    const append = async (): Promise<void> => void triedBefore.push(tried)
    const handler = handlerFor({ sessions: { ...sessions, tokens }, revocations: { append } })
    expect((await handler(report(await issuer.token({ sid: undefined })))).status).toBe(503)
    expect([triedBefore, tried]).toEqual([[16], 40])
  })

  test('find and revocations: the error names the first', async () => {
    const targets = { sessions: { ...sessions, find: failing }, revocations: { append: failing } }
    await expect(logoutEverywhere({ iss: issuer.url, sub: 'alice' }, targets)).rejects.toMatchObject({ step: 'find' })
  })

  test('find: services refuse the tokens', async () => {
    await logIn('1', 'alice')
    const append = vi.fn(async () => {})
    const handler = handlerFor({ sessions: { ...sessions, find: failing }, revocations: { append } })
    expect((await handler(report(await issuer.token({ sid: undefined })))).status).toBe(503)
    expect(append).toHaveBeenCalledWith([expect.objectContaining({ sub: 'alice' })])
    expect([...store.keys()]).toEqual(['1'])
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

  test('Retry-After is the time until the keys may be fetched again', async () => {
    const handler = handlerFor()
    await handler(report(await issuer.token()))
    // A minute later, the issuer does not respond.
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000)
    issuer.answer = (_, response) => {
      response.writeHead(503).end()
      return true
    }
    const answer = await handler(report(await issuer.token({}, { kid: 'new' })))
    issuer.answer = undefined
    vi.restoreAllMocks()
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(5)
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(30)
  })

  test('a verifier that throws any value is a failure, not a logout', async () => {
    const verifier = { verify: () => Promise.reject('nonsense'), handled: async () => {} }
    expect((await handlerFor({ verifier })(report('x'))).status).toBe(503)
    expect(eventTypes()).toEqual(['failure', 'incomplete'])
  })
})
