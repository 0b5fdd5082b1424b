import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex } from '@backend-logout/receiver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'

let issuer: TestIssuer
let server: Server
let port: number
const live = new Set(['session'])
beforeAll(async () => {
  issuer = await TestIssuer.start()
  const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
  await sessions.add('session', { iss: issuer.url, sub: 'alice', sid: 'session-1', iat: 1 })
  const verifier = createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' })
  server = createServer(toNodeHandler(createBackChannelHandler({ verifier, sessions }))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await issuer[Symbol.asyncDispose]()
})

/** Sends bytes unchanged, and resolves to the response within a time limit. */
async function send(text: string, hangUp = false): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  if (hangUp) socket.destroy()
  else await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(2_000)])
  socket.destroy()
  return Buffer.concat(received).toString('latin1')
}

const HEAD = 'Host: app.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n'
const post = (body: string, head = HEAD): string =>
  `POST /backchannel-logout HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`

test.each<[string, string, RegExp | '']>([
  ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', /^HTTP\/1.1 400/],
  ['an unknown method', `BREW / HTTP/1.1\r\n${HEAD}\r\n`, /^HTTP\/1.1 4\d\d/],
  ['TRACE', `TRACE / HTTP/1.1\r\n${HEAD}\r\n`, /^HTTP\/1.1 405/],
  [
    'GET with a token in the query',
    `GET /?logout_token=x HTTP/1.1\r\n${HEAD}\r\n`,
    /^HTTP\/1.1 405[\s\S]*allow: POST/i,
  ],
  ['no Host', `POST / HTTP/1.1\r\nConnection: close\r\n\r\n`, /^HTTP\/1.1 400/],
  ['a strange Host', post('logout_token=x', HEAD.replace('app.example.com', 'a b@[::')), /^HTTP\/1.1 400/],
  ['two lengths', `POST / HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, /^HTTP\/1.1 400/],
  [
    'a length and chunks',
    `POST / HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    /^HTTP\/1.1 400/,
  ],
  ['a negative length', `POST / HTTP/1.1\r\n${HEAD}Content-Length: -1\r\n\r\n`, /^HTTP\/1.1 400/],
  ['an invalid chunk', `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, /^(?:HTTP\/1.1 400|$)/],
  ['an empty body', post(''), /^HTTP\/1.1 400/],
  ['two tokens', post('logout_token=a&logout_token=b'), /^HTTP\/1.1 400/],
  ['64 KiB', post(`logout_token=${'a'.repeat(65_536)}`), /^HTTP\/1.1 400/],
  ['a megabyte', post(`logout_token=${'a'.repeat(1_048_576)}`), /^HTTP\/1.1 400/],
  ['bytes that are not text', post('logout_token=\xff\xfe\x00'), /^HTTP\/1.1 400/],
  ['broken escapes', post('logout_token=%E0%A4%A'), /^HTTP\/1.1 400/],
  ['an unsigned token', post('logout_token=eyJhbGciOiJub25lIn0.e30.'), /^HTTP\/1.1 400/],
  ['JSON', post('{"logout_token":"x"}', HEAD.replace('x-www-form-urlencoded', 'json')), /^HTTP\/1.1 400/],
  ['an endless header', `POST / HTTP/1.1\r\n${HEAD}X: ${'a'.repeat(100_000)}\r\n\r\n`, /^(?:HTTP\/1.1 431|$)/],
])('%s ends nothing, and gets a response', async (_name, text, answer) => {
  const received = await send(text)
  expect(received).toMatch(answer)
  expect(received).not.toMatch(/access-control|at .*\.ts:/i)
  expect(live.size).toBe(1)
})

test('clients that disconnect in the middle are harmless', async () => {
  const token = await issuer.token({ aud: 'another' })
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => send(post(`logout_token=${token}`).slice(0, 40 + n * 10), true)),
  )
  expect(live.size).toBe(1)
})

test('a thousand concurrent forged tokens cost one fetch of keys, and a real one is still processed', async () => {
  const forged = await issuer.token({}, { kid: 'nobody' })
  const url = `http://127.0.0.1:${port}/`
  const deliver = async (token: string): Promise<number> => {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token: token }) })
    await answer.arrayBuffer()
    return answer.status
  }
  const statuses = await Promise.all(Array.from({ length: 1_000 }, () => deliver(forged)))
  expect(new Set(statuses)).toEqual(new Set([400]))
  expect(issuer.keyRequests).toBe(1)
  expect(await deliver(await issuer.token())).toBe(200)
  expect(live.size).toBe(0)
})
