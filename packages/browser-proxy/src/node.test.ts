import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { toNodeHandler } from './node.ts'
import { faultsOfAnswer } from './testing/contract.ts'
import { nodeServers } from './testing/node-server.ts'
import { trap } from './testing/oddities.ts'
import { rawRequest, sendRaw } from './testing/raw-http.ts'

const { listen, serve } = nodeServers()

test('toNodeHandler() answers through node:http, including headers', async () => {
  const session = {
    read: () => ({ accessToken: 'a' }),
    clear: () =>
      [
        ['set-cookie', 'a=; Max-Age=0'],
        ['set-cookie', 'b=; Max-Age=0'],
      ] as [string, string][],
  }
  const { origin, headers, revoked } = await serve(undefined, { session })
  const answer = await fetch(`${origin}/logout`, { method: 'POST', headers })
  expect(await faultsOfAnswer(answer)).toEqual([])
  expect(answer.headers.getSetCookie()).toEqual(['a=; Max-Age=0', 'b=; Max-Age=0'])
  expect(revoked).toEqual([{ accessToken: 'a' }])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('the-secret')
    },
  ],
  ['rejects', () => Promise.reject(new Error('the-secret'))],
  ['rejects with a trap', () => Promise.reject(trap())],
  ['returns nothing', async () => undefined],
  ['returns a value that is not a response', async () => ({ status: 200 })],
  ['returns a trap', async () => trap()],
  [
    'returns a response that was read',
    async () => {
      const response = new Response('x')
      await response.text()
      return response
    },
  ],
  [
    'returns a response that breaks off',
    async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('x')) })),
  ],
  [
    'returns a header that Node.js does not send',
    async () => new Response('x', { headers: { 'x-a': 'a\u0001b', 'set-cookie': 'a=1' } }),
  ],
  ['returns an error', async () => Response.error()],
] as [string, () => unknown][])('a handler that %s is answered with internal_error', async (_case, handler) => {
  const server = createServer(toNodeHandler(handler as never))
  const port = await listen(server)
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })
  expect(await faultsOfAnswer(answer)).toEqual([])
  expect(answer.headers.has('set-cookie')).toBe(false)
  expect(await answer.json()).toMatchObject({ status: 500, code: 'internal_error' })
})

test('cookies and headers that middleware sets are sent along with the response’s own', async () => {
  const session = { read: () => undefined, clear: () => ({ 'set-cookie': 'a=; Max-Age=0' }) }
  const { origin, headers } = await serve(
    (_request, response) => {
      response.setHeader('set-cookie', ['theme=dark'])
      response.setHeader('x-frame-options', 'DENY')
    },
    { session },
  )
  const answer = await fetch(`${origin}/logout`, { method: 'POST', headers })
  expect(answer.headers.getSetCookie()).toEqual(['theme=dark', 'a=; Max-Age=0'])
  expect(answer.headers.get('x-frame-options')).toBe('DENY')
})

test.each([
  ['has begun', (response) => response.write('partly'), 'partly'],
  ['has ended', (response) => response.end('done'), 'done'],
  ['has ended and the handler is late', (response) => setTimeout(() => response.end('done'), 20), undefined],
  ['has destroyed', (response) => response.destroy(), undefined],
] as [string, (response: ServerResponse) => unknown, string | undefined][])(
  'a response that other code %s is finished, and the server keeps running',
  async (_case, start, expected) => {
    const { port, post } = await serve((_request, response) => void start(response), {
      throttle: () => new Promise((resolve) => setTimeout(resolve, 50)),
    })
    const answer = await sendRaw(
      port,
      rawRequest([`Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`, 'X-Logout-Request: 1']),
    )
    if (expected) expect(answer).toContain(expected)
    expect(answer.match(/HTTP\/1.1/g)?.length ?? 0).toBeLessThanOrEqual(1)
    await post('{}').catch(() => {})
  },
)

test.each([0, 1, 20, 40, 80])('a client that disconnects after %i ms does not disturb the server', async (ms) => {
  const ended: string[] = []
  const { port, origin } = await serve(undefined, {
    throttle: () => new Promise((resolve) => setTimeout(resolve, 40)),
    onEvent: (event) => ended.push(event.type),
  })
  const lines = [`Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'X-Logout-Request: 1']
  for (const hangUp of ['destroy', 'resetAndDestroy', 'end'] as const) {
    await sendRaw(port, rawRequest(lines), (socket) => setTimeout(() => socket[hangUp](), ms))
  }
  const answer = await sendRaw(port, rawRequest(lines))
  expect(answer).toContain('"token_required"')
})

test('toNodeHandler() refuses a value that is not a handler', () => {
  expect(() => toNodeHandler(undefined as never)).toThrow(/createLogoutHandler/)
})

test('a client that disconnects in the middle of the body logs nobody out', async () => {
  const ended: string[] = []
  const { port, origin, revoked } = await serve(undefined, { onEvent: (event) => ended.push(event.type) })
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /logout HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nX-Logout-Request: 1\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"token":"the-token"}',
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  await expect.poll(() => ended).toEqual(['refused'])
  expect(revoked).toEqual([])
})
