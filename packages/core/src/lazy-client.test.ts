import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { lazyLogoutClient } from './lazy-client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'

test('a lazy client is created with its first call, once', async () => {
  await using server = await listen(always(200))
  let created = 0
  const client = lazyLogoutClient(() => {
    created++
    return createLogoutClient({ appId: 'app', appHost: server.origin })
  })
  expect(typeof client.logout).toBe('function')
  expect('logout' in client).toBe(true)
  expect(await client).toBe(client)
  expect(created).toBe(0)
  expect(await client.logout({ accessToken: 'a token' })).toMatchObject({ revoked: true })
  expect(await client.revokeToken('another')).toBe(true)
  expect(client.appId).toBe('app')
  expect(client.buildLogoutUrl({ kind: 'generic' }).origin).toBe(server.origin)
  const revoked = []
  for await (const { state } of client.revokeTokens(['a', 'b'])) revoked.push(state)
  expect(revoked).toEqual(['accepted', 'accepted'])
  expect(created).toBe(1)
})

test('missing settings are reported by the call, and can be added later', async () => {
  let appId = ''
  const client = lazyLogoutClient(() => createLogoutClient({ appId, appHost: 'https://example.genauth.ai' }))
  expect((await logoutErrorOf(() => client.logout({}))).option).toBe('appId')
  await expect(client.revokeToken('a token').catch(({ option }) => option)).resolves.toBe('appId')
  expect(() => client.buildLogoutUrl()).toThrow('appId')
  appId = 'app'
  expect(await client.logout({})).toMatchObject({ nothingToRevoke: true })
})

test('a client in place of a function that creates one is refused', () => {
  const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
  expect(() => lazyLogoutClient(client as never)).toThrow('create must be a function')
})
