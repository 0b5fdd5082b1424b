import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import { fingerprintToken } from './fingerprint.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { always, listen } from './testing/loopback-server.ts'

const KEY = 'a secret of the application'

test('a fingerprint with a key is the beginning of HMAC-SHA-256', async () => {
  const expected = createHmac('sha256', KEY).update('é').digest('hex').slice(0, 16)
  expect(await fingerprintToken('é', KEY)).toBe(`hmac:${expected}`)
})

test('without the key, no guess at a short token can be checked', async () => {
  const fingerprint = await fingerprintToken('1234', KEY)
  for (const key of [undefined, `${KEY}.`, KEY.toUpperCase()]) {
    expect((await fingerprintToken('1234', key)).split(':')[1]).not.toBe(fingerprint.split(':')[1])
  }
})

test.each([
  ['a short text', 'x'.repeat(15)],
  ['no text', new Uint8Array(32)],
  ['nothing', ''],
  ['a number', 7],
])('refuses a key that is %s', async (_what, key) => {
  const error = await logoutErrorOf(() => fingerprintToken('token', key as string))
  expect(error).toMatchObject({ code: 'invalid_options', option: 'fingerprintKey' })
  const location = { appId: 'app', appHost: 'https://id.example.com' }
  const refused = await logoutErrorOf(() => createLogoutClient({ ...location, fingerprintKey: key as string }))
  expect(refused.message).toContain('at least 16 bytes')
})

test("events name tokens with the client's key", async () => {
  await using server = await listen(always(200))
  const events: LogoutEvent[] = []
  const client = createLogoutClient({
    appId: 'app',
    endpoints: { revocation: server.origin },
    fingerprintKey: KEY,
    onEvent: (event) => events.push(event),
  })
  await client.revokeToken('a-token')
  expect(new Set(events.map(({ token }) => token))).toEqual(new Set([await fingerprintToken('a-token', KEY)]))
})
