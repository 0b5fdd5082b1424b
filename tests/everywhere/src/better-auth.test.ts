import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { startBetterAuth } from './better-auth-provider.ts'
import { startExpressApplication } from './express-application.ts'

test("a logout at A ends B's session, B's tokens and their acceptance by B's API, with better-auth", async () => {
  await using postgres = await startPostgres()
  const database = await postgres.database('better_auth')
  await using provider = await startBetterAuth()
  await using log = await openRevocationLog({ store: database })
  await using list = followRevocations({ source: log })
  await list.ready
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`))
  const api = async (token: string): Promise<string> =>
    list.check((await jwtVerify(token, keys, { issuer: provider.issuer })).payload)
  await using a = await startExpressApplication(provider, provider.apps.a, database, log)
  await using b = await startExpressApplication(provider, provider.apps.b, database, log)

  const atA = await a.logIn('alice')
  const atB = await b.logIn('alice')
  const bob = await b.logIn('bob')
  expect([await a.visit(atA.cookie), await b.visit(atB.cookie), await b.visit(bob.cookie)]).toEqual([200, 200, 200])
  expect([await api(atB.tokens.accessToken), await api(bob.tokens.accessToken)]).toEqual(['valid', 'valid'])
  // One session of the browser at the provider, which both applications and the API know by the same name.
  expect([atA.sid, decodeJwt(atB.tokens.accessToken).sid]).toEqual([atB.sid, atB.sid])

  expect(await provider.logOutAt(provider.apps.a, 'alice')).toBe(200)

  // It reports within the request, unless background work is configured.
  expect([a, b].map(({ events }) => events.map(({ type }) => type))).toEqual([['logged_out'], ['logged_out']])
  expect([await a.visit(atA.cookie), await b.visit(atB.cookie), await b.visit(bob.cookie)]).toEqual([401, 401, 200])
  await expect.poll(() => api(atB.tokens.accessToken)).toBe('revoked')
  expect(await api(bob.tokens.accessToken)).toBe('valid')
  // Its logout does not revoke refresh tokens for offline access, and cannot revoke JWTs: the outbox and the list do.
  await Promise.all([a.outbox.work({ untilEmpty: true }), b.outbox.work({ untilEmpty: true })])
  expect(await provider.refresh(provider.apps.b, atB.tokens.refreshToken)).toBe(400)
  expect(await provider.refresh(provider.apps.b, bob.tokens.refreshToken)).toBe(200)

  // Alice may log in again.
  const again = await b.logIn('alice')
  expect(await b.visit(again.cookie)).toBe(200)
  expect(await api(again.tokens.accessToken)).toBe('valid')
})
