import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { rawRequest, sendRaw } from './testing/wire.ts'

let emulator: Emulator
let port: string

beforeAll(async () => {
  emulator = await startEmulator({ cors: true })
  port = new URL(emulator.appHost).port
})
afterAll(() => emulator.close())

/** Requests to which the emulator responds, one for each part of it; whatever their status, it is not 403. */
const PATHS = [
  ['GET', '/'],
  ['GET', '/oidc/.well-known/openid-configuration'],
  ['GET', '/oidc/.well-known/jwks.json'],
  ['GET', '/oidc/me'],
  ['GET', '/oidc/session/end'],
  ['GET', '/oidc/auth?client_id=x'],
  ['POST', '/oidc/token'],
  ['POST', '/oidc/token/revocation'],
  ['POST', '/oauth/token/introspection'],
  ['OPTIONS', '/oidc/token/revocation'],
  ['GET', '/interaction/x'],
  ['GET', '/login/profile/logout'],
  ['GET', '/cas-idp/logout'],
  ['GET', '/emulator/apps'],
  ['GET', '/nothing'],
] as const

/** The status of the response to a request, with the emulator's port instead of `PORT`. */
async function statusOf(method: string, target: string, ...headers: string[]): Promise<number> {
  const request = rawRequest(method, target, ...headers).replaceAll('PORT', port)
  const { received } = await sendRaw(emulator.appHost, request)
  expect(received).toMatch(/^HTTP\/1\.1 \d{3} /)
  return Number(received.slice(9, 12))
}

test.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT', 'LocalHost:PORT'])(
  'the emulator answers to %s, everywhere',
  async (host) => {
    for (const [method, path] of PATHS) {
      expect(await statusOf(method, path, `host: ${host}`), `${method} ${path}`).not.toBe(403)
    }
  },
)

test.each([
  'rebound.example',
  'rebound.example:PORT',
  '127.0.0.1.example:PORT',
  'localhost.example:PORT',
  'evil-localhost:PORT',
  '192.0.2.1:PORT',
  'user@127.0.0.1:PORT',
  '127.0.0.1:PORT@rebound.example',
  '127.0.0.1:PORT.rebound.example',
  'localhost.:PORT',
  '127.0.0.1.:PORT',
  '127.0.0.1',
  'localhost',
  '127.0.0.1:',
  '127.0.0.1:80',
  '127.0.0.1:0PORT',
  '127.0.0.1:+PORT',
  '127.0.0.1:PORT:PORT',
  '127.0.0.1:PORT/',
  '127.0.0.1:PORT#',
  '127.0.0.1:PORT, rebound.example',
  '127.1:PORT',
  '0x7f.1:PORT',
  '2130706433:PORT',
  '127.0.0.2:PORT',
  '0.0.0.0:PORT',
  '[::ffff:127.0.0.1]:PORT',
  '[0:0:0:0:0:0:0:1]:PORT',
  '[::]:PORT',
  '::1:PORT',
  'http://127.0.0.1:PORT',
  '',
])('a request to the host "%s" is refused', async (host) => {
  const before = emulator.requests.length
  for (const [method, path] of PATHS) expect(await statusOf(method, path, `host: ${host}`), path).toBe(403)
  expect(emulator.requests).toHaveLength(before)
})

test('a request with two hosts is refused', async () => {
  for (const [method, path] of PATHS) {
    // Two local names as well: a proxy in front may have used the other one.
    for (const other of ['rebound.example', 'localhost', '127.0.0.1']) {
      const hosts = ['host: 127.0.0.1:PORT', `host: ${other}:PORT`]
      expect([400, 403]).toContain(await statusOf(method, path, ...hosts))
      expect([400, 403]).toContain(await statusOf(method, path, ...hosts.reverse()))
    }
  }
})

test('a request without a host is refused', async () => {
  for (const version of ['1.0', '1.1']) {
    const { received } = await sendRaw(
      emulator.appHost,
      `GET /emulator/apps HTTP/${version}\r\nconnection: close\r\n\r\n`,
    )
    expect(received).toMatch(/^HTTP\/1\.1 (?:400|403) /)
  }
})

test("a refusal names the emulator's hosts, does not repeat the request's, and cannot be read by pages", async () => {
  const page = ['host: rebound.example', 'origin: http://rebound.example']
  const { received } = await sendRaw(emulator.appHost, rawRequest('POST', '/oidc/token/revocation', ...page))
  expect(received).toContain(`127.0.0.1:${port}, localhost:${port} and [::1]:${port}`)
  expect(received).not.toContain('rebound.example')
  expect(received.toLowerCase()).not.toContain('access-control-')
})

test('every request on a connection is checked, not only the first', async () => {
  const good = rawRequest('GET', '/oidc/me', `host: 127.0.0.1:${port}`).replace('connection: close\r\n', '')
  const bad = rawRequest('GET', '/oidc/me', `host: rebound.example:${port}`)
  const { received } = await sendRaw(emulator.appHost, good + bad)
  expect(received.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 403'])
})

describe('a target with its own host', () => {
  test('counts as its path if the host is the emulator', async () => {
    expect(await statusOf('GET', 'http://localhost:PORT/oidc/me?x=1', 'host: 127.0.0.1:PORT')).toBe(401)
    expect(await statusOf('GET', 'http://127.0.0.1:PORT', 'host: 127.0.0.1:PORT')).toBe(404)
    expect(await statusOf('GET', 'HTTP://127.0.0.1:PORT/emulator/apps', 'host: 127.0.0.1:PORT')).toBe(200)
  })

  test.each([
    'http://rebound.example/oidc/me',
    'http://rebound.example:PORT/emulator/apps',
    'http://127.0.0.1:PORT@rebound.example/oidc/me',
    'http://user@127.0.0.1:PORT/oidc/me',
    'https://127.0.0.1:PORT/oidc/me',
    'http:/127.0.0.1:PORT/oidc/me',
    'http:///oidc/me',
    'ftp://127.0.0.1:PORT/oidc/me',
    '*',
    'oidc/me',
  ])('is refused if it is %s', async (target) => {
    expect([400, 403]).toContain(await statusOf('GET', target, 'host: 127.0.0.1:PORT'))
  })

  test('does not make up for a different Host', async () => {
    expect(await statusOf('GET', 'http://127.0.0.1:PORT/oidc/me', 'host: rebound.example')).toBe(403)
  })

  test('for CONNECT is refused, and so is an upgrade', async () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {}).write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    const received: Buffer[] = []
    socket.on('data', (data) => received.push(data))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(Buffer.concat(received).toString()).not.toMatch(/ 2\d\d /)
    const upgrade = ['host: rebound.example', 'connection: upgrade, close', 'upgrade: websocket']
    expect(await statusOf('GET', '/emulator/apps', ...upgrade)).toBe(403)
  })
})

describe('the login page', () => {
  test.each([
    [['origin: https://evil.example'], 403],
    [['origin: null'], 403],
    [['origin: http://127.0.0.1:1'], 403],
    [['origin: http://localhost:PORT'], 403],
    [['sec-fetch-site: cross-site'], 403],
    [['sec-fetch-site: same-site'], 403],
    [['origin: http://127.0.0.1:PORT', 'sec-fetch-site: same-origin'], 400],
    [[], 400],
  ])('responds to a form with %j with %i', async (headers, status) => {
    expect(await statusOf('POST', '/interaction/unknown', 'host: 127.0.0.1:PORT', ...headers)).toBe(status)
  })

  test('can be reached by a link', async () => {
    const headers = ['host: 127.0.0.1:PORT', 'sec-fetch-site: cross-site', 'sec-fetch-mode: navigate']
    expect(await statusOf('GET', '/interaction/unknown', ...headers)).toBe(400)
  })
})
