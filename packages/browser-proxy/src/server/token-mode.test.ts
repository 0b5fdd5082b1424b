import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createApplication, createTestOutbox, logoutRequest } from '../testing/application.ts'
import type { LogoutHandlerOptions } from './index.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const application = (options: Partial<LogoutHandlerOptions> = {}) =>
  createApplication(provider, { session: undefined, ...options })

test('the page’s token is revoked, and no cookie is touched', async () => {
  const { handler } = application()
  const { accessToken, refreshToken } = await provider.signIn()
  const answer = await handler(logoutRequest(undefined, { token: accessToken }))
  expect(await answer.json()).toEqual({ status: 'logged_out' })
  expect(answer.headers.has('set-cookie')).toBe(false)
  expect(await provider.isActive(accessToken)).toBe(false)
  expect(await provider.isActive(refreshToken)).toBe(true)
})

test('the hint states the token type, and the ID token produces the logout URL', async () => {
  const { handler, events } = application({ returnTo: ['http://localhost:3000/'] })
  const { refreshToken, idToken } = await provider.signIn()
  const body = {
    token: refreshToken,
    token_type_hint: 'refresh_token',
    id_token_hint: idToken,
    return_to: 'http://localhost:3000/',
  }
  const { status, logout_url } = await (await handler(logoutRequest(undefined, body))).json()
  expect(status).toBe('logged_out')
  expect(new URL(logout_url).searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:3000/')
  expect(events).toMatchObject([{ revocations: [{ tokenType: 'refresh_token', state: 'accepted' }] }])
})

test('a token is required', async () => {
  const answer = await application().handler(logoutRequest())
  expect(answer.status).toBe(400)
  expect((await answer.json()).code).toBe('token_required')
})

test('a value that cannot be revoked is refused, not reported as a logout', async () => {
  const { handler } = application({ outbox: createTestOutbox() })
  const { idToken } = await provider.signIn()
  for (const token of [idToken, 'Bearer abc', 'abc\n']) {
    const answer = await handler(logoutRequest(undefined, { token }))
    expect(answer.status).toBe(400)
    expect((await answer.json()).code).toBe('malformed_body')
  }
  expect(provider.requests.some(({ endpoint }) => endpoint === 'revocation')).toBe(false)
})

test('a token that the provider does not revoke now goes to the outbox', async () => {
  const outbox = createTestOutbox()
  const { handler } = application({ outbox })
  provider.answerNext({ status: 503 })
  const body = { token: 'token', token_type_hint: 'refresh_token' }
  expect(await (await handler(logoutRequest(undefined, body))).json()).toEqual({ status: 'queued' })
  expect(outbox.added).toEqual([{ refreshToken: 'token' }])
})

test('concurrent logouts with one token are joined', async () => {
  const { handler, events } = application()
  await Promise.all([1, 2, 3].map(() => handler(logoutRequest(undefined, { token: 'same' }))))
  expect(events.map((event) => event.type === 'outcome' && event.joined).sort()).toEqual([false, true, true])
  expect(provider.requests.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(1)
})
