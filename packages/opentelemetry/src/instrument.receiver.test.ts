import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex } from '@backend-logout/receiver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTelemetry } from './testing/telemetry.ts'

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator()
})
afterAll(() => provider.close())

test('logouts from the provider are measured, without a user, a session or a token', async () => {
  const { telemetry, points, close } = createTelemetry()
  const onEvent = telemetry.receiver
  const store = new Map<string, object>()
  let isBroken = false
  const sessions = createMemorySessionIndex({
    end: (id) => {
      if (isBroken) throw new Error('the store is down')
      store.delete(id)
    },
  })
  const verifier = createLogoutTokenVerifier({ issuer: provider.issuer, clientId: provider.app.appId, onEvent })
  const server = createServer(toNodeHandler(createBackChannelHandler({ verifier, sessions, onEvent })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`
  await provider.sendLogoutsTo(url)
  const secrets = ['carol', 'session-of-a-user']
  const logIn = async (): Promise<void> => {
    const { idToken = '' } = await provider.signIn('carol')
    const [, payload = ''] = idToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    secrets.push(String(claims.sid), payload)
    store.set('session-of-a-user', {})
    await sessions.add('session-of-a-user', claims)
  }
  try {
    await logIn()
    await provider.logOut('carol')
    expect(store.size).toBe(0)
    await logIn()
    isBroken = true
    await provider.logOut('carol')
    await fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token: 'x.y.z' }) })
  } finally {
    await provider.sendLogoutsTo(undefined)
    server.close()
    server.closeAllConnections()
  }

  const measured = await points()
  const of = (name: string) =>
    measured
      .filter((point) => point.name === `backend_logout.receiver.${name}`)
      .map(({ attributes, value, unit }) => [attributes, value, unit])
  const requests = of('request.duration')
  expect(requests).toContainEqual([{ 'backend_logout.outcome': 'logged_out' }, 1, 's'])
  expect(requests).toContainEqual([{ 'backend_logout.outcome': 'incomplete' }, 1, 's'])
  const refused = { 'backend_logout.outcome': 'refused', 'error.type': expect.any(String) }
  expect(requests).toContainEqual([refused, 1, 's'])
  expect(of('sessions')).toEqual([[{}, 1, '{session}']])
  expect(of('failures')).toEqual([[{ 'backend_logout.step': 'end' }, 1, '{failure}']])
  expect(of('key_fetches')).toEqual([[{ 'backend_logout.outcome': 'fetched' }, 1, '{fetch}']])
  for (const secret of secrets) expect(JSON.stringify(measured)).not.toContain(secret)
  await close()
})
