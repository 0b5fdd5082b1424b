import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { openOutbox } from '@backend-logout/outbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HealthServer, startHealthServer } from '../../../packages/cli/src/outbox/health-server.ts'

const outbox = await openOutbox({ store: { memory: true } })
const token = 'a-canary-of-a-token'
let health: HealthServer
beforeAll(async () => {
  await outbox.add({ accessToken: token })
  health = await startHealthServer(outbox, 0, '127.0.0.1')
})
afterAll(async () => {
  await health[Symbol.asyncDispose]()
  await outbox.close()
})

const sockets = new Set<Socket>()
afterAll(() => {
  for (const socket of sockets) socket.destroy()
})

/** Opens a connection, sends bytes, and returns the response when the server has closed the connection. */
function raw(bytes: string, everyMs?: number): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect(health.port, '127.0.0.1')
  sockets.add(socket)
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  socket.on('error', () => {})
  if (everyMs === undefined) socket.write(bytes)
  else {
    const drip = [...bytes]
    const timer = setInterval(() => {
      if (socket.writable) socket.write(drip.shift() ?? 'x')
    }, everyMs)
    socket.on('close', () => clearInterval(timer))
  }
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(answer)))
  return { socket, closed }
}

const REQUEST = 'GET /health HTTP/1.1\r\nHost: localhost\r\n'
const probe = async (): Promise<number> => (await fetch(`http://127.0.0.1:${health.port}/health`)).status

test.each<[what: string, bytes: string, answer: RegExp]>([
  ['a probe', `${REQUEST}\r\n`, /^HTTP\/1\.1 200 /],
  ['a probe without Host', 'GET /health HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1\.1 400 /],
  ['a path that leads up', 'GET /../health HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 404 /],
  ['a target with a token', `GET /${token} HTTP/1.1\r\nHost: a\r\n\r\n`, /^HTTP\/1\.1 404 /],
  ['an absolute target', 'GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 404 /],
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n', /^$/],
  ['TRACE', `TRACE /health HTTP/1.1\r\nHost: a\r\nX-Secret: ${token}\r\n\r\n`, /^HTTP\/1\.1 405 /],
  ['a body', 'POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc', /^HTTP\/1\.1 405 /],
  [
    'two lengths',
    'GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    /^HTTP\/1\.1 400 /,
  ],
  ['headers of 32 KiB', `${REQUEST}X: ${'a'.repeat(32_768)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ['3 000 headers', `${REQUEST}${'a: b\r\n'.repeat(3_000)}\r\n`, /^HTTP\/1\.1 (?:200|431) /],
])(
  '%s gets a response or a refusal that does not mention tokens, and the connection is closed',
  async (_what, bytes, answer) => {
    const text = await raw(bytes).closed
    expect(text).toMatch(answer)
    expect(text).not.toContain(token)
    expect(text.length).toBeLessThan(1_000)
    expect(text.startsWith('HTTP/1.1 2') ? text.toLowerCase() : 'connection: close').toContain('connection: close')
    expect(await probe()).toBe(200)
  },
)

test('only one of many requests on a connection gets a response', async () => {
  const text = await raw(`${REQUEST}\r\n`.repeat(1_000)).closed
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(1)
})

test('a client that disconnects in the middle disturbs nobody', async () => {
  for (let at = 0; at < 50; at++) {
    const { socket, closed } = raw(`${REQUEST}\r\n`.slice(0, 1 + at))
    await sleep(1)
    socket.destroy()
    await closed
  }
  expect(await probe()).toBe(200)
})

test('many concurrent probes all get a response', async () => {
  expect(await Promise.all(Array.from({ length: 50 }, probe))).toEqual(Array.from({ length: 50 }, () => 200))
})

test('slow clients are disconnected within seconds, use only their share, and probes succeed again', async () => {
  const startedAt = performance.now()
  const slow = [
    ...Array.from({ length: 50 }, () => raw('').closed),
    ...Array.from({ length: 50 }, () => raw(REQUEST, 100).closed),
  ]
  await sleep(200)
  // One more than the limit.
  expect(await raw(`${REQUEST}\r\n`).closed).toBe('')
  await Promise.all(slow)
  expect(performance.now() - startedAt).toBeLessThan(60_000)
  expect(await probe()).toBe(200)
}, 120_000)
