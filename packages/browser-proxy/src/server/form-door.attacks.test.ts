import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication } from '../testing/application.ts'
import { formApplications, formRequest } from '../testing/form-application.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const createFormApplication = formApplications(provider)

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
      'a meaningless field',
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
      'fetch instead of a form',
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
