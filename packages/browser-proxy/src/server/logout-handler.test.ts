import { inspect } from 'node:util'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, logoutRequest, ORIGIN } from '../testing/application.ts'
import { cleared, countRevocations } from '../testing/logout-effects.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const revocations = (): number => countRevocations(provider)

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

  test.each([
    ['the names of a token response', (accessToken: string) => ({ access_token: accessToken })],
    ['a misspelled name', (accessToken: string) => ({ accesstoken: accessToken })],
    ['a list', (accessToken: string) => [accessToken]],
    ['an object in the session', (accessToken: string) => ({ tokens: { accessToken } })],
  ])('tokens in %s are a failure, not a logout', async (_where, stored) => {
    const { handler, sessions, events, signIn } = createApplication(provider)
    const { cookie, id, accessToken } = await signIn()
    sessions.set(id, stored(accessToken) as never)
    expect(await (await handler(logoutRequest(cookie))).json()).toEqual({ status: 'local_only' })
    const error = expect.objectContaining({ code: 'invalid_argument' })
    expect(events[0]).toMatchObject({ type: 'failure', step: 'read', error })
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
