import { inspect } from 'node:util'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, createTestOutbox, logoutRequest, ORIGIN } from '../testing/application.ts'
import { cookieSession } from './index.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const cleared = (answer: Response): boolean =>
  /^__Host-session=; Max-Age=0/.test(answer.headers.get('set-cookie') ?? '')
const revocations = (): number => provider.requests.filter(({ endpoint }) => endpoint === 'revocation').length

describe('with a session', () => {
  test('a logout revokes both tokens, deletes the session and clears the cookie', async () => {
    const { handler, sessions, events, signIn } = createApplication(provider)
    const user = await signIn()
    const answer = await handler(logoutRequest(user.cookie))
    expect(answer.status).toBe(200)
    const { status, logout_url } = await answer.json()
    expect(status).toBe('logged_out')
    expect(logout_url).toBe(`${provider.issuer}/session/end?id_token_hint=${user.idToken}`)
    expect(cleared(answer)).toBe(true)
    expect(sessions.size).toBe(0)
    expect(await provider.isActive(user.accessToken)).toBe(false)
    expect(await provider.isActive(user.refreshToken)).toBe(false)
    expect(events).toMatchObject([
      {
        type: 'outcome',
        status: 'logged_out',
        joined: false,
        revocations: [
          { tokenType: 'refresh_token', state: 'accepted' },
          { tokenType: 'access_token', state: 'accepted' },
        ],
      },
    ])
  })

  test('a response is not cached, not shared with other origins, and not sniffed', async () => {
    const { handler } = createApplication(provider)
    const { headers } = await handler(logoutRequest())
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.has('clear-site-data')).toBe(false)
  })

  test('logging out twice, or without a session, succeeds, and the response says that there was no session', async () => {
    const { handler, events, signIn } = createApplication(provider)
    const { cookie } = await signIn()
    await handler(logoutRequest(cookie))
    events.length = 0
    for (const again of [cookie, undefined]) {
      const answer = await handler(logoutRequest(again))
      expect(await answer.json()).toEqual({ status: 'no_session' })
      expect(cleared(answer)).toBe(true)
    }
    expect(revocations()).toBe(2)
    expect(events).toMatchObject([
      { type: 'no_session', named: true },
      { type: 'outcome', status: 'no_session', revocations: [] },
      { type: 'no_session', named: false },
      { type: 'outcome', status: 'no_session', revocations: [] },
    ])
  })

  test.each([
    ['a signed cookie', (id: string) => `__Host-session=s%3A${id}.SbW3pTt0VH6Z1cE4PjK0iR8mbcXn6QyUuW2d8Qf1l5M`],
    ['an encrypted cookie', (id: string) => `__Host-session=Fe26.2*1*${id}*abc*def`],
    ['a session that the store has lost', () => `__Host-session=${crypto.randomUUID()}`],
  ])('%s is never reported as a logout', async (_case, cookieFor) => {
    const { handler, sessions, events, signIn } = createApplication(provider)
    const user = await signIn()
    const answer = await handler(logoutRequest(cookieFor(user.id)))
    expect(await answer.json()).toEqual({ status: 'no_session' })
    expect(events).toMatchObject([{ type: 'no_session', named: true }, { status: 'no_session' }])
    expect(await provider.isActive(user.refreshToken)).toBe(true)
    expect(sessions.size).toBe(1)
  })

  test('without a session, the page’s ID token still leads to the end of the provider’s session', async () => {
    const { handler } = createApplication(provider)
    const answer = await (await handler(logoutRequest(undefined, { id_token_hint: 'hint' }))).json()
    expect(answer).toEqual({ status: 'no_session', logout_url: expect.stringContaining('id_token_hint=hint') })
  })

  test('a session without an id does not reveal whose it was', async () => {
    const session = { read: () => undefined, clear: () => undefined }
    const { handler, events } = createApplication(provider, { session })
    expect(await (await handler(logoutRequest())).json()).toEqual({ status: 'no_session' })
    expect(events[0]).toEqual({ type: 'no_session', named: undefined })
  })

  test('a session without tokens is a session', async () => {
    const { handler, sessions, events } = createApplication(provider)
    for (const [id, tokens] of [
      ['1', {}],
      ['2', { accessToken: ' ', refreshToken: '', idToken: '\n' }],
    ] as const) {
      sessions.set(id, tokens)
      expect(await (await handler(logoutRequest(`__Host-session=${id}`))).json()).toEqual({ status: 'logged_out' })
    }
    expect(events.map(({ type }) => type)).toEqual(['outcome', 'outcome'])
    expect(revocations()).toBe(0)
  })

  test('tokens under the names of a token response are a failure, not a logout', async () => {
    const { handler, sessions, events, signIn } = createApplication(provider)
    const { cookie, id, accessToken, refreshToken } = await signIn()
    sessions.set(id, { access_token: accessToken, refresh_token: refreshToken } as never)
    expect(await (await handler(logoutRequest(cookie))).json()).toEqual({ status: 'local_only' })
    expect(events[0]).toMatchObject({ type: 'failure', step: 'read' })
    expect(String(events[0]?.type === 'failure' && events[0].error)).toContain('access_token as accessToken')
  })

  test('a request that a guard refuses leaves the session and its tokens unchanged', async () => {
    const { handler, sessions, events, signIn } = createApplication(provider)
    const user = await signIn()
    const request = logoutRequest(user.cookie)
    request.headers.set('origin', 'https://evil.test')
    const answer = await handler(request)
    expect(answer.status).toBe(403)
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(sessions.size).toBe(1)
    expect(await provider.isActive(user.accessToken)).toBe(true)
    expect(revocations()).toBe(0)
    expect(events).toMatchObject([{ type: 'refused', code: 'foreign_origin', status: 403 }])
  })

  test('the page cannot inject a token', async () => {
    const { handler, sessions, signIn } = createApplication(provider)
    const { cookie } = await signIn()
    const answer = await handler(logoutRequest(cookie, { token: 'x' }))
    expect(answer.status).toBe(400)
    expect((await answer.json()).code).toBe('token_not_accepted')
    expect(sessions.size).toBe(1)
  })

  test('the logout URL has the return address if it is on the list', async () => {
    const { handler, sessions, signIn } = createApplication(provider, { returnTo: ['http://localhost:3000/', '/bye'] })
    const first = await signIn()
    const refused = await handler(logoutRequest(first.cookie, { return_to: 'http://localhost:3001/' }))
    expect((await refused.json()).code).toBe('return_to_not_allowed')
    expect(sessions.size).toBe(1)
    const answer = await handler(logoutRequest(first.cookie, { return_to: 'http://localhost:3000/' }))
    const url = new URL((await answer.json()).logout_url)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:3000/')
    const second = await signIn()
    const path = await handler(logoutRequest(second.cookie, { return_to: '/bye' }))
    expect(new URL((await path.json()).logout_url).searchParams.get('post_logout_redirect_uri')).toBe(`${ORIGIN}/bye`)
  })

  test('without a list every return address is refused', async () => {
    const { handler } = createApplication(provider)
    expect((await handler(logoutRequest(undefined, { return_to: '/' }))).status).toBe(400)
  })

  test('the session’s ID token takes precedence over the page’s hint, which is the fallback', async () => {
    const { handler, sessions, signIn } = createApplication(provider)
    const hintOf = async (answer: Response): Promise<string | null> =>
      new URL((await answer.json()).logout_url).searchParams.get('id_token_hint')
    const first = await signIn()
    expect(await hintOf(await handler(logoutRequest(first.cookie, { id_token_hint: 'hint' })))).toBe(first.idToken)
    const { cookie, id, accessToken } = await signIn()
    sessions.set(id, { accessToken })
    expect(await hintOf(await handler(logoutRequest(cookie, { id_token_hint: 'hint' })))).toBe('hint')
  })

  test('an unusable ID token prevents the logout URL, but not the logout', async () => {
    const { handler, sessions, signIn } = createApplication(provider)
    const { cookie, id, ...user } = await signIn()
    sessions.set(id, { ...user, idToken: 'x'.repeat(70_000) })
    expect(await (await handler(logoutRequest(cookie))).json()).toEqual({ status: 'logged_out' })
    expect(await provider.isActive(user.refreshToken)).toBe(false)
  })

  test('Clear-Site-Data is sent if configured, and only with a logout', async () => {
    const { handler } = createApplication(provider, { clearSiteData: ['cache', 'storage'] })
    expect((await handler(logoutRequest())).headers.get('clear-site-data')).toBe('"cache", "storage"')
    expect((await handler(logoutRequest(undefined, { token: 'x' }))).headers.has('clear-site-data')).toBe(false)
  })

  test('the session cannot change the headers that protect the response', async () => {
    const { handler } = createApplication(provider, {
      session: {
        read: () => undefined,
        clear: () => [
          ['cache-control', 'public'],
          ['content-type', 'text/html'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      },
    })
    const { headers } = await handler(logoutRequest())
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

describe('when the provider fails', () => {
  const FAULTS = [
    ['is in trouble', { status: 503 }],
    ['drops the connection', { drop: true }],
    ['hangs', { hang: true }],
    ['answers 404, as a gateway does during a deployment', { status: 404, body: 'Not found' }],
    ['answers 404 with a page', { status: 404, body: '<!doctype html>' }],
    ['answers 404 with JSON', { status: 404, body: { error: 'not_found' } }],
    ['answers 405', { status: 405 }],
    ['answers with a page', { status: 200, body: '<!doctype html>' }],
    ['answers 403 with a page', { status: 403, body: '<!doctype html>' }],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['says that the body is too large', { status: 413 }],
    ['refuses the application', { status: 401, body: { error: 'invalid_client' } }],
    ['reports an error inside 200', { envelopeError: { statusCode: 500, message: 'x' } }],
  ] as const

  test.each(FAULTS)('and %s, the session still ends, and the response says so', async (_case, fault) => {
    const { handler, sessions, signIn } = createApplication(provider, { revokeTimeoutMs: 500 })
    const { cookie, accessToken } = await signIn()
    provider.answerAlways(fault)
    const answer = await handler(logoutRequest(cookie))
    expect(answer.status).toBe(200)
    expect((await answer.json()).status).toBe('local_only')
    expect(cleared(answer)).toBe(true)
    expect(sessions.size).toBe(0)
    expect(await provider.isActive(accessToken)).toBe(true)
  })

  test.each(FAULTS)('and %s, the tokens go to the outbox', async (_case, fault) => {
    const outbox = createTestOutbox()
    const { handler, sessions, signIn } = createApplication(provider, { outbox, revokeTimeoutMs: 500 })
    const { cookie, id, accessToken, refreshToken } = await signIn()
    sessions.set(id, { accessToken, refreshToken, expiresAt: 1_900_000_000_000 })
    provider.answerAlways(fault)
    const answer = await handler(logoutRequest(cookie))
    expect((await answer.json()).status).toBe('queued')
    expect(outbox.added).toEqual([{ accessToken, refreshToken, expiresAt: 1_900_000_000_000 }])
    expect(cleared(answer)).toBe(true)
  })

  test('only the remaining tokens go to the outbox', async () => {
    const outbox = createTestOutbox()
    const { handler, signIn } = createApplication(provider, { outbox })
    const { cookie, refreshToken } = await signIn()
    provider.answerNext({ status: 503 })
    expect((await (await handler(logoutRequest(cookie))).json()).status).toBe('queued')
    expect(outbox.added).toEqual([{ refreshToken }])
  })

  test.each([
    ['seconds', 1_900_000_000],
    ['no date', new Date(Number.NaN)],
    ['text', 'tomorrow' as never],
  ])('an expiry that is %s is reported, and the tokens go to the outbox without it', async (_case, expiresAt) => {
    const outbox = createTestOutbox()
    const { handler, sessions, events, signIn } = createApplication(provider, { outbox })
    const { cookie, id, accessToken } = await signIn()
    sessions.set(id, { accessToken, expiresAt })
    provider.answerAlways({ status: 503 })
    expect((await (await handler(logoutRequest(cookie))).json()).status).toBe('queued')
    expect(outbox.added).toEqual([{ accessToken }])
    expect(events[0]).toMatchObject({ type: 'failure', step: 'read', error: { message: /milliseconds/ } })
  })

  test('the outbox receives the provider’s response for each token', async () => {
    const outbox = createTestOutbox()
    const { handler, signIn } = createApplication(provider, { outbox })
    const { cookie } = await signIn()
    provider.answerAlways({ status: 401, body: { error: 'invalid_client' } })
    await handler(logoutRequest(cookie))
    expect(outbox.revocations).toMatchObject([
      [
        { tokenType: 'refresh_token', attempts: 1, error: { code: 'client_auth_failed', status: 401 } },
        { tokenType: 'access_token', attempts: 1, error: { code: 'client_auth_failed', status: 401 } },
      ],
    ])
  })

  test('a token that the provider never revokes is not queued, and the response does not promise it', async () => {
    const outbox = createTestOutbox()
    const { handler, signIn } = createApplication(provider, { outbox })
    const { cookie } = await signIn()
    provider.answerNext({ endpoint: 'revocation' })
    provider.answerNext({ status: 400, body: { error: 'unsupported_token_type' } })
    expect((await (await handler(logoutRequest(cookie))).json()).status).toBe('local_only')
    expect(outbox.added).toEqual([])
  })

  test('the outbox has the tokens before the session loses them', async () => {
    const order: string[] = []
    const { accessToken } = await provider.signIn()
    const { handler } = createApplication(provider, {
      outbox: {
        add: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          order.push('stored')
        },
      },
      session: {
        read: () => ({ accessToken }),
        clear: () => {
          order.push('cleared')
          return {}
        },
      },
    })
    provider.answerNext({ status: 503 })
    await handler(logoutRequest())
    expect(order).toEqual(['stored', 'cleared'])
  })

  test.each([
    ['fails', () => Promise.reject(new Error('disk full'))],
    ['hangs', () => new Promise(() => {})],
  ])('and the outbox %s, the response says so', async (_case, add) => {
    const { handler, events, signIn } = createApplication(provider, { outbox: { add }, storeTimeoutMs: 50 })
    const { cookie } = await signIn()
    provider.answerAlways({ status: 503 })
    const answer = await handler(logoutRequest(cookie))
    expect((await answer.json()).status).toBe('local_only')
    expect(cleared(answer)).toBe(true)
    expect(events).toMatchObject([{ type: 'failure', step: 'queue' }, { type: 'outcome' }])
  })

  test('the handler does not wait for a client that ignores its deadline', async () => {
    const outbox = createTestOutbox()
    const client = { logout: () => new Promise<never>(() => {}) }
    const { handler, events, signIn } = createApplication(provider, { client, outbox, revokeTimeoutMs: 50 })
    const { cookie, accessToken, refreshToken } = await signIn()
    expect(await (await handler(logoutRequest(cookie))).json()).toEqual({ status: 'queued' })
    expect(outbox.added).toEqual([{ accessToken, refreshToken }])
    expect(events).toMatchObject([{ type: 'failure', step: 'revoke' }, { type: 'outcome' }])
  })
})

describe('when the application’s own store fails', () => {
  const failures = [
    ['fails', () => Promise.reject(new Error('store down'))],
    ['hangs', () => new Promise<never>(() => {})],
    [
      'throws',
      () => {
        throw new Error('store down')
      },
    ],
  ] as const

  test.each(failures)('reading %s: the session is cleared, and the tokens count as active', async (_case, read) => {
    const session = cookieSession({ name: '__Host-session', read })
    const { handler, events } = createApplication(provider, { session, storeTimeoutMs: 50 })
    const answer = await handler(logoutRequest('__Host-session=1'))
    expect(await answer.json()).toEqual({ status: 'local_only' })
    expect(cleared(answer)).toBe(true)
    expect(events).toMatchObject([
      { type: 'failure', step: 'read' },
      { type: 'outcome', status: 'local_only' },
    ])
  })

  test.each(failures)(
    'clearing %s: the response is an error, and the cookie remains for another attempt',
    async (_case, clear) => {
      const { accessToken } = await provider.signIn()
      const session = cookieSession({ name: '__Host-session', read: () => ({ accessToken }), clear })
      const { handler, events } = createApplication(provider, { session, storeTimeoutMs: 50 })
      const answer = await handler(logoutRequest('__Host-session=1'))
      expect(answer.status).toBe(500)
      expect((await answer.json()).code).toBe('session_not_ended')
      expect(answer.headers.has('set-cookie')).toBe(false)
      expect(await provider.isActive(accessToken)).toBe(false)
      expect(events).toMatchObject([
        { type: 'failure', step: 'clear' },
        { type: 'refused', code: 'session_not_ended' },
      ])
    },
  )

  test('naming the session fails: the logout continues without joining others', async () => {
    const session = { id: () => Promise.reject(new Error('x')), read: () => undefined, clear: () => ({}) }
    const { handler, events } = createApplication(provider, { session })
    expect((await handler(logoutRequest())).status).toBe(200)
    expect(events[0]).toMatchObject({ type: 'failure', step: 'id' })
  })
})

describe('concurrent logouts', () => {
  test('of one session are one logout, and each receives the complete response', async () => {
    const { handler, events, signIn } = createApplication(provider)
    const { cookie } = await signIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => handler(logoutRequest(cookie))))
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect(answers.every(cleared)).toBe(true)
    expect(revocations()).toBe(2)
    expect(events.filter((event) => event.type === 'outcome' && event.joined)).toHaveLength(19)
  })

  test('of different sessions stay separate', async () => {
    const { handler, signIn } = createApplication(provider)
    const users = await Promise.all([signIn(), signIn(), signIn()])
    await Promise.all(users.map(({ cookie }) => handler(logoutRequest(cookie))))
    expect(revocations()).toBe(6)
    for (const { accessToken } of users) expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('of one session without an id do not disturb each other', async () => {
    const { accessToken } = await provider.signIn()
    const { handler } = createApplication(provider, { session: { read: () => ({ accessToken }), clear: () => ({}) } })
    const answers = await Promise.all(Array.from({ length: 5 }, () => handler(logoutRequest())))
    for (const answer of answers) expect((await answer.json()).status).toBe('logged_out')
    expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('without a session are not joined', async () => {
    const { handler, events } = createApplication(provider)
    await Promise.all([handler(logoutRequest()), handler(logoutRequest())])
    expect(events.flatMap((event) => (event.type === 'outcome' ? [event.joined] : []))).toEqual([false, false])
  })
})

test('no event or response of a failed logout contains a token', async () => {
  const { handler, events, signIn } = createApplication(provider)
  const { cookie, accessToken, refreshToken } = await signIn()
  provider.answerAlways({ status: 400, body: { error: 'invalid_request', error_description: `bad ${accessToken}` } })
  await handler(logoutRequest(cookie))
  const { appSecret = 'none' } = provider.app
  const shown = inspect(events, { depth: 20, showHidden: true }) + JSON.stringify(events)
  expect(shown).toContain('invalid_request')
  for (const secret of [accessToken, refreshToken, appSecret]) expect(shown).not.toContain(secret)
})

test.each([
  () => {
    throw new Error('x')
  },
  () => Promise.reject(new Error('x')),
])('a listener that fails does not break a logout', async (onEvent) => {
  const { handler } = createApplication(provider, { onEvent })
  expect((await handler(logoutRequest())).status).toBe(200)
})

test('a client that disconnects does not stop the logout', async () => {
  const { handler, sessions, signIn } = createApplication(provider)
  const { cookie, accessToken } = await signIn()
  provider.answerNext({ delayMs: 50 })
  const gone = new AbortController()
  const logout = handler(new Request(logoutRequest(cookie), { signal: gone.signal }))
  gone.abort()
  await logout
  expect(sessions.size).toBe(0)
  expect(await provider.isActive(accessToken)).toBe(false)
})

test('the platform is asked to keep a logout running, and its refusal is harmless', async () => {
  const kept: Promise<unknown>[] = []
  const first = createApplication(provider, { waitUntil: (logout) => kept.push(logout) })
  await first.handler(logoutRequest())
  expect(kept).toHaveLength(1)
  await kept[0]
  const second = createApplication(provider, {
    waitUntil: () => {
      throw new Error('outside of a request')
    },
  })
  expect((await second.handler(logoutRequest())).status).toBe(200)
  expect(second.events[0]).toMatchObject({ type: 'failure', step: 'wait_until' })
})
