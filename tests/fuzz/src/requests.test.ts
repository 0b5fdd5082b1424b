import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { cookieSession, createLogoutHandler, type LogoutProxyEvent } from '@backend-logout/browser-proxy/server'
import { createLogoutClient } from '@backend-logout/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './campaign.ts'
import { COOKIE, TOKEN, type WireRequest, wireRequests } from './request-bytes.ts'

interface Input {
  readonly application: number
  readonly requests: readonly WireRequest[]
}

const events: LogoutProxyEvent[] = []
const onEvent = (event: LogoutProxyEvent): void => void events.push(event)
const servers: Server[] = []

beforeAll(async () => {
  // Nobody listens there: other tests cover the outcome of the tokens.
  const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'http://127.0.0.1:9', retries: 0 })
  const session = cookieSession({
    name: '__Host-session',
    read: (id) => (id === COOKIE ? { accessToken: TOKEN } : undefined),
  })
  const common = { client, onEvent, returnTo: ['https://app.example.com/goodbye', '/goodbye'] }
  for (const options of [
    { ...common, session },
    common,
    { ...common, session, trustedProxyHeader: 'x-forwarded' as const },
    { ...common, session, allowedOrigins: ['http://app.example.com'] },
  ]) {
    const server = createServer(toNodeHandler(createLogoutHandler(options))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
  }
})
afterAll(() => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
})

test('requests', () =>
  run<Input>({
    name: 'requests',
    inputs: fc.record({
      application: fc.nat({ max: 3 }),
      requests: fc.array(wireRequests, { minLength: 1, maxLength: 4 }),
    }),
    known: [],
    limitMs: 5_000,
    async send({ application, requests }) {
      const { port } = (servers[application] as Server).address() as AddressInfo
      events.length = 0
      const answers = await Promise.all(requests.map((request) => sendTo(port, request)))
      for (const answer of answers) {
        expect(answer).toMatch(/^$|^HTTP\/1\.1 \d{3} /)
        expect(answer).not.toContain(COOKIE)
        expect(answer).not.toContain(TOKEN)
        // A stack or a path of this machine in a response shows an error that was not anticipated.
        expect(answer).not.toContain('    at ')
        expect(answer).not.toMatch(/^HTTP\/1\.1 5(?!01)/)
      }
      expect(
        events.filter(({ type }) => type === 'failure').map((event) => ('step' in event ? event.step : '')),
      ).not.toContain('handler')
      // Whatever the previous input was, the next one is served.
      const next = { bytes: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', cuts: [], hangsUpAt: undefined }
      expect(await sendTo(port, next, 4_000)).toContain('HTTP/1.1 405 ')
    },
  }))

/** Sends a request and returns the response when the server has closed the connection or stopped sending. */
async function sendTo(
  port: number,
  { bytes, cuts, hangsUpAt = bytes.length }: WireRequest,
  patienceMs = 150,
): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
  socket.on('error', () => {})
  let answer = ''
  const over = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  // A client that keeps the connection open has its response when no more bytes arrive.
  const quiet = new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | undefined
    socket.on('data', (chunk: string) => {
      answer += chunk
      clearTimeout(timer)
      timer = setTimeout(resolve, 20)
    })
  })
  const places = [0, ...cuts.filter((at) => at < hangsUpAt).sort((a, b) => a - b), hangsUpAt]
  for (const [index, at] of places.slice(1).entries()) {
    socket.write(bytes.slice(places[index], at), 'latin1')
    if (index + 2 < places.length) await new Promise((resolve) => setImmediate(resolve))
  }
  if (hangsUpAt < bytes.length) socket.destroy()
  // The server waits for the rest of an incomplete request, for example without the end of its headers; this test does
  // not wait that long.
  await Promise.race([over, quiet, sleep(patienceMs)])
  socket.destroy()
  return answer
}
