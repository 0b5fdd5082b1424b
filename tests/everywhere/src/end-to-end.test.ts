import { startEmulator } from '@backend-logout/emulator'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startExpressApplication } from './express-application.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

test("a logout at A ends B's session, B's tokens and their acceptance by B's API", async () => {
  await using provider = await startEmulator()
  const database = await postgres.database('end_to_end')
  await using log = await openRevocationLog({ store: database })
  await using list = followRevocations({ source: log })
  await list.ready
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/.well-known/jwks.json`))
  const api = async (token: string): Promise<string> =>
    list.check((await jwtVerify(token, keys, { issuer: provider.issuer, algorithms: ['RS256'] })).payload)
  await using a = await startExpressApplication(provider, provider.apps.post, database, log)
  await using b = await startExpressApplication(provider, provider.apps.basic, database, log)

  const atA = await a.logIn('alice')
  const atB = await b.logIn('alice')
  const bob = await b.logIn('bob')
  expect([await a.visit(atA.cookie), await b.visit(atB.cookie), await b.visit(bob.cookie)]).toEqual([200, 200, 200])
  expect([await api(atB.tokens.accessToken), await api(bob.tokens.accessToken)]).toEqual(['valid', 'valid'])

  expect((await provider.logOut('alice')).map(({ status }) => status)).toEqual([200, 200])

  expect([await a.visit(atA.cookie), await b.visit(atB.cookie), await b.visit(bob.cookie)]).toEqual([401, 401, 200])
  await expect.poll(() => api(atB.tokens.accessToken)).toBe('revoked')
  expect(await api(bob.tokens.accessToken)).toBe('valid')
  await Promise.all([a.outbox.work({ untilEmpty: true }), b.outbox.work({ untilEmpty: true })])
  for (const token of [atA, atB].flatMap(({ tokens }) => Object.values(tokens))) {
    expect(await provider.isActive(token)).toBe(false)
  }
  expect(await provider.isActive(bob.tokens.refreshToken)).toBe(true)

  // Alice may log in again.
  const again = await b.logIn('alice')
  expect(await b.visit(again.cookie)).toBe(200)
  expect(await api(again.tokens.accessToken)).toBe('valid')
})

test('with a sid, one browser is logged out and the other stays logged in', async () => {
  await using provider = await startEmulator()
  const database = await postgres.database('one_session')
  await using log = await openRevocationLog({ store: database })
  await using a = await startExpressApplication(provider, provider.apps.post, database, log)
  const [laptop, phone] = [await a.logIn('alice'), await a.logIn('alice')]
  const { sid } = laptop
  expect(await provider.logOut('alice', { sid })).toEqual([{ appId: provider.app.appId, status: 200 }])
  expect([await a.visit(laptop.cookie), await a.visit(phone.cookie)]).toEqual([401, 200])
})
