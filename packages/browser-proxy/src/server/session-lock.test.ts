import { setTimeout as sleep } from 'node:timers/promises'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createApplication, createTestOutbox, logoutRequest } from '../testing/application.ts'
import { cookieSession, type LogoutHandlerOptions, type StoredTokens } from './index.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

/** An application with sessions, a lock for each, and a refresh that takes the lock. */
function lockedApplication(options: Partial<LogoutHandlerOptions> = {}) {
  const sessions = new Map<string, StoredTokens>()
  const tails = new Map<string, Promise<unknown>>()
  const lock = <T>(id: string, run: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(id) ?? Promise.resolve()).then(run)
    tails.set(
      id,
      turn.catch(() => {}),
    )
    return turn
  }
  const session = cookieSession({
    name: '__Host-session',
    read: (id) => sessions.get(id),
    clear: (id) => sessions.delete(id),
    lock,
  })
  const refresh = (id: string): Promise<StoredTokens | undefined> =>
    lock(id, async () => {
      const stored = sessions.get(id)
      if (!stored?.refreshToken) return undefined
      const tokens = await refreshAt(provider, stored.refreshToken)
      sessions.set(id, tokens)
      return tokens
    })
  return { ...createApplication(provider, { session, ...options }), sessions, refresh, lock }
}

async function refreshAt({ issuer, app }: Emulator, refreshToken: string): Promise<StoredTokens> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: app.appId,
    client_secret: app.appSecret ?? '',
  })
  const answer = await (await fetch(`${issuer}/token`, { method: 'POST', body })).json()
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? refreshToken }
}

async function signIn(sessions: Map<string, StoredTokens>): Promise<string> {
  const { accessToken, refreshToken } = await provider.signIn()
  const id = crypto.randomUUID()
  sessions.set(id, { accessToken, refreshToken })
  return id
}

test('a refresh that is in flight leaves no active token behind', async () => {
  const { handler, sessions, refresh } = lockedApplication()
  const id = await signIn(sessions)
  const before = provider.countActive()
  provider.answerNext({ endpoint: 'token', delayMs: 100 })
  const refreshing = refresh(id)
  const answer = await handler(logoutRequest(`__Host-session=${id}`))
  const fresh = await refreshing
  expect(fresh?.accessToken).toBeDefined()
  expect((await answer.json()).status).toBe('logged_out')
  expect(await provider.isActive(fresh?.accessToken ?? '')).toBe(false)
  expect(await provider.isActive(fresh?.refreshToken ?? '')).toBe(false)
  expect(sessions.size).toBe(0)
  // The access token from before the refresh is revoked with the grant, as at the provider.
  expect(provider.countActive()).toBeLessThan(before)
})

test('a refresh that arrives during a logout finds no session', async () => {
  const { handler, sessions, refresh } = lockedApplication()
  const id = await signIn(sessions)
  provider.answerNext({ delayMs: 100 })
  const logout = handler(logoutRequest(`__Host-session=${id}`))
  await sleep(30)
  expect(await refresh(id)).toBeUndefined()
  await logout
  expect(sessions.size).toBe(0)
})

test('without a lock, tokens that a refresh puts into the session during a logout are also revoked', async () => {
  const { handler, sessions } = createApplication(provider)
  const id = await signIn(sessions)
  const fresh = await provider.signIn()
  provider.answerNext({ delayMs: 100 })
  const logout = handler(logoutRequest(`__Host-session=${id}`))
  await sleep(30)
  sessions.set(id, { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken })
  expect((await (await logout).json()).status).toBe('logged_out')
  expect(await provider.isActive(fresh.refreshToken)).toBe(false)
  expect(await provider.isActive(fresh.accessToken)).toBe(false)
  expect(sessions.size).toBe(0)
})

test('a lock that is never acquired does not keep the user logged in, and the response promises nothing', async () => {
  const { handler, sessions, events, lock } = lockedApplication({ storeTimeoutMs: 50, outbox: createTestOutbox() })
  const id = await signIn(sessions)
  let release = (): void => {}
  const held = lock(id, () => new Promise<void>((resolve) => (release = resolve)))
  const answer = await handler(logoutRequest(`__Host-session=${id}`))
  expect((await answer.json()).status).toBe('local_only')
  expect(sessions.size).toBe(0)
  expect(events).toMatchObject([{ type: 'failure', step: 'lock' }, { type: 'outcome' }])
  // If the lock is acquired later, nothing runs twice.
  const sent = provider.requests.length
  release()
  await held
  await sleep(20)
  expect(provider.requests.length).toBe(sent)
})

test.each([
  ['fails', () => Promise.reject(new Error('lock server down'))],
  [
    'throws',
    () => {
      throw new Error('lock server down')
    },
  ],
  ['does not run anything', async () => {}],
])('a lock that %s does not keep the user logged in', async (_case, lock) => {
  const { accessToken } = await provider.signIn()
  const session = { read: () => ({ accessToken }), clear: () => ({ 'x-cleared': '1' }), lock: lock as never }
  const { handler, events } = createApplication(provider, { session })
  const answer = await handler(logoutRequest())
  expect((await answer.json()).status).toBe('local_only')
  expect(answer.headers.get('x-cleared')).toBe('1')
  expect(await provider.isActive(accessToken)).toBe(false)
  expect(events).toMatchObject([{ type: 'failure', step: 'lock' }, { type: 'outcome' }])
})

test('a lock that fails after its work is harmless', async () => {
  const session = {
    read: () => undefined,
    clear: () => ({}),
    lock: async <T>(_request: Request, run: () => Promise<T>): Promise<T> => {
      await run()
      throw new Error('could not unlock')
    },
  }
  const { handler, events } = createApplication(provider, { session })
  expect(await (await handler(logoutRequest())).json()).toEqual({ status: 'no_session' })
  await sleep(10)
  expect(events.map((event) => event.type).sort()).toEqual(['failure', 'no_session', 'outcome'])
})

test.each([
  ['throws', () => Promise.reject(new Error('store down'))],
  ['hangs', () => new Promise<never>(() => {})],
  ['returns tokens under other names', () => ({ access_token: 'a' }) as never],
])('without a lock, a session that %s when it is read again has the status local_only', async (_case, again) => {
  const { accessToken } = await provider.signIn()
  let reads = 0
  const session = {
    read: (): StoredTokens | Promise<StoredTokens> => (reads++ === 0 ? { accessToken } : again()),
    clear: () => ({ 'x-cleared': '1' }),
  }
  const { handler, events } = createApplication(provider, { session, storeTimeoutMs: 100 })
  const answer = await handler(logoutRequest())
  expect((await answer.json()).status).toBe('local_only')
  expect(answer.headers.get('x-cleared')).toBe('1')
  expect(await provider.isActive(accessToken)).toBe(false)
  expect(events.map((event) => event.type)).toContain('failure')
})
