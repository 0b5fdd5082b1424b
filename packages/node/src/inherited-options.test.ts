import { expect, test } from 'vitest'
import { createLogoutClient, createLogoutClientFromEnv, type LogoutEvent } from './index.ts'
import { listen, type Received } from './testing/loopback-server.ts'

/** Accepts every revocation. Its metadata names another host. */
const provider = async () => {
  const requests: Received[] = []
  const server = await listen((request, response) => {
    requests.push(request)
    if (request.method !== 'GET') return response.end()
    const other = server.origin.replace('127.0.0.1', 'localhost')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ issuer: server.origin, revocation_endpoint: `${other}/revocation` }))
  })
  return { server, requests }
}

test('a client has the options of a class with accessors', async () => {
  const { server, requests } = await provider()
  await using _ = server
  const events: LogoutEvent[] = []
  class Settings {
    readonly appId = 'app'
    readonly endpoints = { revocation: `${server.origin}/revocation` }
    get appSecret() {
      return 'secret'
    }
    get headers() {
      return { 'x-tenant': '7' }
    }
    get onEvent() {
      return (event: LogoutEvent) => events.push(event)
    }
  }
  await using client = createLogoutClient(new Settings())
  await client.revokeToken('token')
  expect(requests).toMatchObject([{ headers: { 'x-tenant': '7', authorization: expect.stringMatching(/^Basic /) } }])
  expect(events.length).toBeGreaterThan(0)

  class Wrong extends Settings {
    get timeoutMs() {
      return 0
    }
  }
  expect(() => createLogoutClient(new Wrong())).toThrow(/timeoutMs/)
})

test('a client sends nothing to hosts that an accessor excludes', async () => {
  const { server, requests } = await provider()
  await using _ = server
  class Settings {
    readonly appId = 'app'
    readonly appSecret = 'secret'
    readonly issuer = server.origin
    get endpointHosts() {
      return []
    }
  }
  await using client = createLogoutClient(new Settings())
  await expect(client.revokeToken('token')).rejects.toMatchObject({ code: 'endpoint_missing' })
  expect(requests.map(({ method }) => method)).not.toContain('POST')
})

test('options of a class with accessors override the environment', () => {
  class Settings {
    get appSecret() {
      return 'secret'
    }
    get connections() {
      return 0
    }
  }
  const env = { AUTHING_APP_ID: 'app', AUTHING_APP_HOST: 'https://id.example.com' }
  expect(() => createLogoutClientFromEnv(new Settings(), env)).toThrow(/connections/)
  const tls = Object.create({ minVersion: 'TLSv1' })
  expect(() => createLogoutClientFromEnv({ appSecret: 'secret', tls }, env)).toThrow(/minVersion/)
})
