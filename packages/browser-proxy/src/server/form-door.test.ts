import { isLogoutError } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createApplication, logoutRequest, ORIGIN } from '../testing/application.ts'
import { formApplications, formRequest } from '../testing/form-application.ts'
import type { LogoutFormOptions } from './form-door.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const createFormApplication = formApplications(provider)

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

test('the options of the form may be an instance of a class', async () => {
  class Form {
    readonly #landing = '/bye'
    #token: string | undefined
    csrfToken() {
      return this.#token
    }
    get landing() {
      return this.#landing
    }
    set token(token: string) {
      this.#token = token
    }
  }
  const form = new Form()
  const { handler, signIn } = createApplication(provider, { form }, { timeoutMs: 300 })
  const { cookie } = await signIn()
  form.token = 'an-unguessable-token'
  const answer = await handler(formRequest(cookie, { csrf_token: 'an-unguessable-token' }))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/bye?logout=logged_out'])
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
