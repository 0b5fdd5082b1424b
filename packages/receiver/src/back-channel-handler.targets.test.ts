import { openOutbox } from '@backend-logout/outbox'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { describe, expect, test } from 'vitest'
import { handlerFor, issuer, logIn, now, report, sessions, setUpReports, store } from './testing/reported-logouts.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

setUpReports()

describe('tokens and services', () => {
  test('a real outbox receives the tokens, a real list refuses them, and the session ends', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using outbox = await openOutbox({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    await logIn('1', 'alice', 's1')
    const handler = handlerFor({ revocations: log, outbox })
    const claims = { iss: issuer.url, sub: 'alice', sid: 's1', jti: 't', iat: now() - 30, exp: now() + 600 }
    expect(list.check(claims)).toBe('valid')
    expect((await handler(report(await issuer.token({ sid: 's1' })))).status).toBe(200)
    expect((await outbox.stats()).pending).toBe(1)
    expect(store.size).toBe(0)
    await expect.poll(() => list.check(claims)).toBe('revoked')
    // The same user's other session, and the next login.
    expect(list.check({ ...claims, sid: 's2', jti: 'u' })).toBe('valid')
    expect(list.check({ ...claims, iat: now() + 5 })).toBe('valid')
  })

  test('access tokens that do not name their session are also refused, including those from before a refresh', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    const claims = (jti: string) => ({ iss: issuer.url, jti, iat: now() - 30, exp: now() + 600 })
    const [current, earlier, other] = await Promise.all(['1', '2', '3'].map((jti) => issuer.sign(claims(jti))))
    await logIn('a', 'alice', 's1')
    store.set('a', { accessToken: current, replacedAccessTokens: [earlier ?? '', 'opaque'] })
    await logIn('b', 'alice', 's2')
    store.set('b', { accessToken: other })
    expect((await handlerFor({ revocations: log })(report(await issuer.token({ sid: 's1' })))).status).toBe(200)
    await expect.poll(() => list.check(claims('1'))).toBe('revoked')
    expect([list.check(claims('2')), list.check(claims('3'))]).toEqual(['revoked', 'valid'])
  })

  test('sessions that live only in a cookie require only the list', async () => {
    await using log = await openRevocationLog({ store: { memory: true } })
    await using list = followRevocations({ source: log })
    await list.ready
    const cookie = { iss: issuer.url, sub: 'alice', iat: now() - 3600 }
    await handlerFor({ sessions: undefined, revocations: log })(report(await issuer.token({ sid: undefined })))
    await expect.poll(() => list.check(cookie)).toBe('revoked')
    expect(list.check({ ...cookie, sub: 'bob' })).toBe('valid')
  })

  test('keepOfflineAccess keeps refresh tokens for offline access active', async () => {
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    for (const [id, scope] of Object.entries({ 1: 'openid offline_access', 2: 'openid', 3: undefined })) {
      await logIn(id, 'alice')
      store.set(id, { accessToken: `a${id}`, refreshToken: `r${id}`, scope, expiresAt: 2_000_000_000_000 })
    }
    await handlerFor({ outbox, keepOfflineAccess: true })(report(await issuer.token({ sid: undefined })))
    const expiresAt = 2_000_000_000_000
    expect(added).toEqual([
      { accessToken: 'a1', expiresAt },
      { accessToken: 'a2', refreshToken: 'r2', expiresAt },
      { accessToken: 'a3', expiresAt },
    ])
    expect(store.size).toBe(0)
  })

  test('with a kept refresh token, the provider is not asked to revoke an access token that the list refuses', async () => {
    const added: unknown[] = []
    const outbox = { add: async (tokens: unknown) => added.push(tokens) }
    const listed: unknown[] = []
    const revocations = { append: async (entries: readonly unknown[]) => listed.push(...entries) }
    const jwt = await issuer.sign({ iss: issuer.url, jti: 'the-jti', exp: now() + 600 })
    const offline = { refreshToken: 'r', scope: 'offline_access' }
    const sessionsBefore = {
      named: { ...offline, accessToken: jwt },
      opaque: { ...offline, accessToken: 'opaque' },
      online: { accessToken: jwt, refreshToken: 'r', scope: 'openid' },
      alone: { accessToken: jwt, scope: 'offline_access' },
    }
    for (const [id, tokens] of Object.entries(sessionsBefore)) {
      await logIn(id, 'alice')
      store.set(id, tokens)
    }
    await handlerFor({ outbox, revocations, keepOfflineAccess: true })(report(await issuer.token({ sid: undefined })))
    expect(added).toHaveLength(3)
    const revoked = [{ accessToken: 'opaque' }, { accessToken: jwt, refreshToken: 'r' }, { accessToken: jwt }]
    expect(added).toEqual(expect.arrayContaining(revoked))
    expect(listed).toContainEqual(expect.objectContaining({ jti: 'the-jti' }))
    expect(store.size).toBe(0)
  })

  test('all steps happen in an order that loses nothing', async () => {
    const steps: string[] = []
    const note = (step: string): Promise<void> => {
      steps.push(step)
      return Promise.resolve()
    }
    await logIn('1', 'alice')
    await logIn('2', 'alice')
    const verifier = createLogoutTokenVerifier({
      issuer: issuer.url,
      clientId: 'app',
      replays: { has: () => false, add: () => note('handled') },
    })
    await handlerFor({
      verifier,
      sessions: { ...sessions, end: () => note('end') },
      outbox: { add: () => note('outbox') },
      revocations: { append: () => note('revocations') },
    })(report(await issuer.token({ sid: undefined })))
    expect(steps).toEqual(['outbox', 'outbox', 'revocations', 'end', 'end', 'handled'])
  })
})
