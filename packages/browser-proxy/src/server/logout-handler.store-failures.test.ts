import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, logoutRequest } from '../testing/application.ts'
import { cleared } from '../testing/logout-effects.ts'
import { cookieSession } from './index.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

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
