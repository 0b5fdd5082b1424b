import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, createTestOutbox, logoutRequest } from '../testing/application.ts'
import { cleared } from '../testing/logout-effects.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

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
