import { setTimeout as sleep } from 'node:timers/promises'
import { createLogoutClient } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'
import type { PendingTokens } from './options.ts'
import { type RefreshSessionOptions, refreshSession } from './refresh-session.ts'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const tokens = (n: number): Tokens => ({ accessToken: `access-${n}`, refreshToken: `refresh-${n}` })

function scene(options: Partial<RefreshSessionOptions<Tokens>> = {}) {
  const store = new Map([['s', tokens(1)]])
  const added: PendingTokens[] = []
  let refreshes = 0
  const refresh = (more: Partial<RefreshSessionOptions<Tokens>> = {}): Promise<Tokens | undefined> =>
    refreshSession<Tokens>({
      id: 's',
      read: () => store.get('s'),
      refresh: async () => {
        refreshes++
        await sleep(5)
        return tokens(2)
      },
      replace: (expected, fresh) => store.get('s') === expected && !!store.set('s', fresh),
      outbox: { add: async (pending) => added.push(pending) },
      ...options,
      ...more,
    })
  return { store, added, refresh, refreshes: () => refreshes }
}

test('stores fresh tokens into the session', async () => {
  const { store, added, refresh } = scene()
  expect(await refresh()).toEqual(tokens(2))
  expect(store.get('s')).toEqual(tokens(2))
  expect(added).toEqual([])
})

test('calls nobody if the session has ended', async () => {
  const { store, refresh, refreshes } = scene()
  store.clear()
  expect(await refresh()).toBeUndefined()
  expect(refreshes()).toBe(0)
})

test('hands the fresh tokens to the outbox if the session ends during the refresh', async () => {
  const { store, added, refresh } = scene()
  const refreshing = refresh()
  store.clear()
  expect(await refreshing).toBeUndefined()
  expect(added).toEqual([{ ...tokens(2), revocations: [] }])
  expect(store.size).toBe(0)
})

test('joins ten concurrent refreshes into one', async () => {
  const { refresh, refreshes } = scene()
  const results = await Promise.all(Array.from({ length: 10 }, () => refresh()))
  expect(new Set(results.map((result) => result?.refreshToken))).toEqual(new Set(['refresh-2']))
  expect(refreshes()).toBe(1)
})

test('uses the tokens of another process that was faster', async () => {
  const { store, added, refresh } = scene()
  const refreshing = refresh()
  store.set('s', tokens(3))
  expect(await refreshing).toEqual(tokens(3))
  expect(added).toEqual([])
})

test('leaves the session unchanged if the provider refuses, and rethrows the error', async () => {
  const { store, refresh } = scene({ refresh: () => Promise.reject(new Error('invalid_grant')) })
  await expect(refresh()).rejects.toThrow('invalid_grant')
  expect(store.get('s')).toEqual(tokens(1))
})

test('rethrows an error of the outbox', async () => {
  const { store, refresh } = scene({ outbox: { add: () => Promise.reject(new Error('down')) } })
  const refreshing = refresh()
  store.clear()
  await expect(refreshing).rejects.toThrow('down')
})

test.each(['id', 'read', 'refresh', 'replace', 'outbox.add'])('the option %s is required', async (option) => {
  const { refresh } = scene()
  const without = option === 'outbox.add' ? { outbox: {} } : { [option]: undefined }
  await expect(refresh(without as never)).rejects.toMatchObject({ code: 'invalid_options', option })
})

/** Refreshes and logs out 1 000 sessions at the same time, and counts the tokens that stay active at the provider. */
async function race(refreshOne: typeof refreshSession<Tokens>): Promise<number> {
  await using provider = await startEmulator({ accessTokenFormat: 'opaque' })
  const { none: app } = provider.apps
  // A public application: each refresh returns a new refresh token and uses up the old one.
  const refreshTokens = await provider.issueTokens(1_000, { app, kind: 'refresh_token' })
  const client = createLogoutClient({ appId: app.appId, appHost: provider.appHost, clientAuth: 'none' })
  const store = new Map(refreshTokens.map((refreshToken, n) => [String(n), { accessToken: '', refreshToken }]))
  const pending: PendingTokens[] = []
  const refreshAtProvider = async ({ refreshToken }: Tokens): Promise<Tokens> => {
    const body = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: app.appId }
    const answer = await fetch(`${provider.issuer}/token`, { method: 'POST', body: new URLSearchParams(body) })
    const fresh = (await answer.json()) as { access_token?: string; refresh_token?: string }
    if (!fresh.access_token || !fresh.refresh_token) throw new Error('invalid_grant')
    return { accessToken: fresh.access_token, refreshToken: fresh.refresh_token }
  }
  const logOut = async (id: string): Promise<void> => {
    await sleep(Math.random() * 20)
    const held = store.get(id)
    store.delete(id)
    // Not every provider revokes the successors of a used token.
    if (held) pending.push({ ...held, revocations: [] })
  }
  const ids = [...store.keys()]
  // In batches, so that each logout meets its refresh.
  for (let at = 0; at < ids.length; at += 50) {
    await Promise.all(
      ids.slice(at, at + 50).flatMap((id) => [
        refreshOne({
          id,
          read: () => store.get(id),
          refresh: refreshAtProvider,
          replace: (expected, fresh) => store.get(id) === expected && !!store.set(id, fresh),
          outbox: { add: async (tokens) => pending.push(tokens) },
        }).catch(() => undefined),
        logOut(id),
      ]),
    )
  }
  expect(store.size).toBe(0)
  // A provider that does not revoke the whole grant with a used token: only usable tokens are sent.
  for (const { accessToken, refreshToken } of pending) {
    for (const token of [refreshToken, accessToken]) {
      if (token && (await provider.isActive(token))) await client.revokeToken(token)
    }
  }
  return provider.countActive()
}

test('1 000 refreshes against 1 000 logouts leave no token active', async () => {
  expect(await race(refreshSession)).toBe(0)
}, 120_000)

test('without it, some tokens stay active although nobody has them', async () => {
  const careless: typeof refreshSession<Tokens> = async ({ read, refresh }) => {
    const held = await read()
    return held ? refresh(held) : undefined
  }
  expect(await race(careless)).toBeGreaterThan(0)
}, 120_000)
