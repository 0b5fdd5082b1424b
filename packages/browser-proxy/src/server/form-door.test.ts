import { isLogoutError } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, logoutRequest, ORIGIN, type TestApplication } from '../testing/application.ts'
import type { LogoutFormOptions } from './form-door.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

/** An application that keeps a CSRF token for each session. */
function createFormApplication(options: Partial<LogoutFormOptions> = {}) {
  const tokens = new Map<string, string>()
  const sessionOf = (request: Request): string =>
    /__Host-session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
  const form = { csrfToken: (request: Request) => tokens.get(sessionOf(request)), landing: '/goodbye', ...options }
  const application: TestApplication = createApplication(provider, { form, returnTo: ['/bye'] }, { timeoutMs: 300 })
  const signIn = async () => {
    const user = await application.signIn()
    const csrf = crypto.randomUUID()
    tokens.set(user.id, csrf)
    return { ...user, csrf }
  }
  return { ...application, signIn }
}

/** A request as a browser sends it for a form in a page of the application. */
function formRequest(
  cookie: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = {},
): Request {
  return new Request(`${ORIGIN}/logout`, {
    method: 'POST',
    headers: {
      origin: ORIGIN,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'content-type': 'application/x-www-form-urlencoded',
      cookie,
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  })
}

test('a form logs a user out, and the browser continues to a page of the application', async () => {
  const { handler, sessions, signIn } = createFormApplication()
  const user = await signIn()
  const answer = await handler(formRequest(user.cookie, { csrf_token: user.csrf }))
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/goodbye?logout=logged_out')
  expect(answer.headers.get('set-cookie')).toMatch(/^__Host-session=; Max-Age=0/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toBe('')
  expect(sessions.size).toBe(0)
  expect(await provider.isActive(user.refreshToken)).toBe(false)
  expect(await provider.isActive(user.accessToken)).toBe(false)
})

test('the same endpoint still serves the page’s script', async () => {
  const { handler, signIn } = createFormApplication()
  const { cookie } = await signIn()
  expect(await (await handler(logoutRequest(cookie))).json()).toMatchObject({ status: 'logged_out' })
})

test('with single sign-out, the browser continues to the provider, but not while the provider does not answer', async () => {
  const { handler, signIn } = createFormApplication({ singleSignOut: true })
  const first = await signIn()
  const answer = await handler(formRequest(first.cookie, { csrf_token: first.csrf }))
  expect(answer.headers.get('location')).toMatch(/\/oidc\/session\/end\?id_token_hint=/)
  const second = await signIn()
  provider.answerAlways({ hang: true })
  const stays = await handler(formRequest(second.cookie, { csrf_token: second.csrf }))
  expect(stays.headers.get('location')).toBe('/goodbye?logout=local_only')
})

test('the form may name a return address from the list', async () => {
  const { handler, sessions, signIn } = createFormApplication()
  const { cookie, csrf } = await signIn()
  const refused = await handler(formRequest(cookie, { csrf_token: csrf, return_to: 'https://evil.test/' }))
  expect([refused.status, (await refused.json()).code]).toEqual([400, 'return_to_not_allowed'])
  expect(sessions.size).toBe(1)
  const answer = await handler(formRequest(cookie, { csrf_token: csrf, return_to: '/bye' }))
  expect(answer.headers.get('location')).toBe(`${ORIGIN}/bye`)
})

test('a user whose session has expired reaches the landing page, which is informed of that', async () => {
  const { handler, events } = createFormApplication()
  for (const fields of [{ csrf_token: 'from a page of yesterday' }, {}] as Record<string, string>[]) {
    const answer = await handler(formRequest('__Host-session=gone', fields))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/goodbye?logout=no_session'])
  }
  expect(events.filter(({ type }) => type === 'no_session')).toHaveLength(2)
})

describe('an attack changes nothing:', () => {
  type User = Awaited<ReturnType<ReturnType<typeof createFormApplication>['signIn']>>
  const right = { 'content-type': 'application/x-www-form-urlencoded' }
  test.each<[string, number, string, (user: User, other: User) => Request]>([
    [
      'a page of another site',
      403,
      'foreign_origin',
      ({ cookie, csrf }) =>
        formRequest(cookie, { csrf_token: csrf }, { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }),
    ],
    [
      'a page without an origin',
      403,
      'foreign_origin',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { origin: 'null' }),
    ],
    [
      'a subdomain that lies about its origin',
      403,
      'cross_site',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'sec-fetch-site': 'same-site' }),
    ],
    ['no token', 403, 'csrf_mismatch', ({ cookie }) => formRequest(cookie, {})],
    ['an empty token', 403, 'csrf_mismatch', ({ cookie }) => formRequest(cookie, { csrf_token: '' })],
    [
      'a wrong token',
      403,
      'csrf_mismatch',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: `${csrf.slice(0, -1)}x` }),
    ],
    [
      'a beginning of the token',
      403,
      'csrf_mismatch',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf.slice(0, -1) }),
    ],
    ['the token and more', 403, 'csrf_mismatch', ({ cookie, csrf }) => formRequest(cookie, { csrf_token: `${csrf}x` })],
    [
      'the token of another session',
      403,
      'csrf_mismatch',
      ({ cookie }, other) => formRequest(cookie, { csrf_token: other.csrf }),
    ],
    [
      'the token twice',
      400,
      'malformed_body',
      ({ cookie, csrf }) => formRequest(cookie, `csrf_token=x&csrf_token=${csrf}`),
    ],
    [
      'a field of no meaning',
      400,
      'malformed_body',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf, token: 'x' }),
    ],
    [
      'a field of an object’s own',
      400,
      'malformed_body',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf, constructor: 'x' }),
    ],
    [
      'a form in a frame',
      403,
      'cross_site',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'sec-fetch-dest': 'iframe' }),
    ],
    [
      'fetch in place of a form',
      403,
      'cross_site',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'sec-fetch-mode': 'no-cors' }),
    ],
    [
      'a prefetch',
      403,
      'prefetch',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'sec-purpose': 'prefetch' }),
    ],
    [
      'text/plain that looks like a form',
      403,
      'header_missing',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'content-type': 'text/plain' }),
    ],
    [
      'multipart',
      403,
      'header_missing',
      ({ cookie, csrf }) =>
        formRequest(cookie, { csrf_token: csrf }, { 'content-type': 'multipart/form-data; boundary=x' }),
    ],
    [
      'another charset',
      403,
      'header_missing',
      ({ cookie, csrf }) =>
        formRequest(cookie, { csrf_token: csrf }, { 'content-type': `${right['content-type']}; charset=utf-16` }),
    ],
    [
      'a compressed form',
      415,
      'unsupported_media_type',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf }, { 'content-encoding': 'gzip' }),
    ],
    [
      'a form that is too large',
      413,
      'body_too_large',
      ({ cookie, csrf }) => formRequest(cookie, { csrf_token: csrf, return_to: 'x'.repeat(70_000) }),
    ],
    [
      'a form with the header of a script, but without a token',
      403,
      'csrf_mismatch',
      ({ cookie }) => formRequest(cookie, {}, { 'x-logout-request': '1' }),
    ],
  ])('%s', async (_what, status, code, request) => {
    const { handler, sessions, signIn } = createFormApplication()
    const [user, other] = [await signIn(), await signIn()]
    const answer = await handler(request(user, other))
    expect([answer.status, (await answer.json()).code]).toEqual([status, code])
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(sessions.size).toBe(2)
    expect(provider.requests.filter(({ endpoint }) => endpoint === 'revocation')).toEqual([])
  })

  test('a form at an application without the form option', async () => {
    const { handler, signIn } = createApplication(provider)
    const { cookie } = await signIn()
    expect((await handler(formRequest(cookie, { csrf_token: 'x' }))).status).toBe(403)
    const withHeader = await handler(formRequest(cookie, { csrf_token: 'x' }, { 'x-logout-request': '1' }))
    expect(withHeader.status).toBe(415)
  })

  test.each([
    ['has none', () => undefined],
    ['has an empty one', () => ''],
    ['has one that can be guessed', () => 'short'],
    [
      'fails',
      () => {
        throw new Error('the store is down')
      },
    ],
    ['gives nonsense', () => 7 as never],
  ])('a session whose CSRF token %s', async (_what, csrfToken) => {
    const { handler, sessions, signIn } = createFormApplication({ csrfToken })
    const { cookie } = await signIn()
    for (const csrf_token of ['', 'short', 'undefined', '7']) {
      const answer = await handler(formRequest(cookie, { csrf_token }))
      expect([answer.status, (await answer.json()).code]).toEqual([403, 'csrf_mismatch'])
    }
    expect(sessions.size).toBe(1)
  })
})

test.each([
  ['no CSRF token', { landing: '/' }, 'form.csrfToken'],
  ['no landing page', { csrfToken: () => 'x' }, 'form.landing'],
  ['a landing page elsewhere', { csrfToken: () => 'x', landing: 'https://evil.test/' }, 'form.landing'],
  [
    'a landing page that browsers take for another host',
    { csrfToken: () => 'x', landing: '//evil.test' },
    'form.landing',
  ],
  ['the same with a backslash', { csrfToken: () => 'x', landing: '/\\evil.test' }, 'form.landing'],
  ['a landing page that ends the header', { csrfToken: () => 'x', landing: '/\r\nset-cookie: a' }, 'form.landing'],
  ['an option that does not exist', { csrfToken: () => 'x', landing: '/', sso: true }, 'form.sso'],
  ['single sign-out that is neither', { csrfToken: () => 'x', landing: '/', singleSignOut: 1 }, 'form.singleSignOut'],
] as [string, LogoutFormOptions, string][])('refuses options of the form: %s', (_what, form, option) => {
  expect(() => createApplication(provider, { form })).toThrow(
    expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options' && error.option === option),
  )
})

test('a form requires a session', () => {
  const form = { csrfToken: () => 'x', landing: '/' }
  expect(() => createApplication(provider, { form, session: undefined })).toThrow('form requires session')
})
