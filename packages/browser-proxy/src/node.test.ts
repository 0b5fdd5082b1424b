import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { toNodeHandler } from './node.ts'
import { createLogoutHandler, type LogoutHandlerOptions } from './server/index.ts'
import { faultsOfAnswer } from './testing/contract.ts'
import { trap } from './testing/oddities.ts'
import { rawRequest, sendRaw } from './testing/raw-http.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

type Middleware = (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => Promise<void> | void

/** A server in token mode: what arrives as the token shows how the body was read. */
async function serve(before: Middleware = () => {}, options: Partial<LogoutHandlerOptions> = {}) {
  const revoked: unknown[] = []
  const client = {
    logout: async (tokens: unknown) => {
      revoked.push(tokens)
      return { revoked: true, nothingToRevoke: false, tokens: [] }
    },
  }
  const handler = toNodeHandler(createLogoutHandler({ client, ...options }))
  const server = createServer(async (request, response) => {
    await before(request, response)
    await handler(request, response)
  })
  const port = await listen(server)
  const origin = `http://127.0.0.1:${port}`
  const headers = { origin, 'x-logout-request': '1', 'content-type': 'application/json' }
  const post = (body: string): Promise<Response> => fetch(`${origin}/logout`, { method: 'POST', headers, body })
  return { origin, port, headers, post, revoked }
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

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

const parser =
  (parse: (text: string) => unknown): Middleware =>
  async (request) => {
    request.body = parse(await readAll(request))
  }

test.each([
  ['nothing', () => {}],
  ['a parser that makes an object of it', parser(JSON.parse)],
  ['a parser that makes text of it', parser(String)],
  ['a parser that makes bytes of it', parser(Buffer.from)],
] as [string, Middleware][])('the body arrives even if %s has read it first', async (_case, before) => {
  const { post, revoked } = await serve(before)
  expect((await post('{"token":"the-token"}')).status).toBe(200)
  expect(revoked).toEqual([{ accessToken: 'the-token' }])
})

test('a body that middleware has read and dropped is an error, not an empty body', async () => {
  const { post, revoked } = await serve(async (request) => void (await readAll(request)))
  const answer = await post('{"token":"the-token"}')
  expect(answer.status).toBe(400)
  expect((await answer.json()).code).toBe('incomplete_body')
  expect(revoked).toEqual([])
})

test('a body that is too large gets a response, and the connection stays open', async () => {
  const { post, revoked } = await serve()
  const answer = await post(JSON.stringify({ token: 'x'.repeat(200_000) }))
  expect(answer.status).toBe(413)
  expect(await faultsOfAnswer(answer)).toEqual([])
  expect((await post('{"token":"the-token"}')).status).toBe(200)
  expect(revoked).toEqual([{ accessToken: 'the-token' }])
})

test('a body without a declared length that is too large also gets a response', async () => {
  const { origin, port, headers } = await serve()
  const request = send(`${origin}/logout`, { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' } })
  // The server may close before everything is sent; what counts is its answer.
  request.on('error', () => {})
  request.write('{'.padEnd(70_000))
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(413)
  request.destroy()
  expect(port).toBeGreaterThan(0)
})

test('the connection stays open after a body of any length that was too large', async () => {
  const { port, origin, revoked } = await serve()
  const head = `POST /logout HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nX-Logout-Request: 1\r\nContent-Type: application/json\r\n`
  const large = '{'.padEnd(1_000_000)
  const token = '{"token":"the-token"}'
  const answers = await sendRaw(
    port,
    `${head}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n` +
      `${head}Content-Length: ${token.length}\r\nConnection: close\r\n\r\n${token}`,
  )
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  expect(revoked).toEqual([{ accessToken: 'the-token' }])
})

test('a body without an end is cut off some time after the response', async () => {
  const { port, origin } = await serve()
  let answered = 0
  const answer = await sendRaw(
    port,
    `POST /logout HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nX-Logout-Request: 1\r\n` +
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    (socket) => {
      socket.once('data', () => {
        answered = performance.now()
      })
      const timer = setInterval(() => socket.write(`10000\r\n${' '.repeat(65_536)}\r\n`), 50)
      socket.once('close', () => clearInterval(timer))
    },
  )
  expect(answer).toMatch(/^HTTP\/1.1 413 /)
  expect(answered).toBeGreaterThan(0)
}, 60_000)

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
  ['returns what is no response', async () => ({ status: 200 })],
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

test.each([
  ['an object', { logout_token: 'a+b&c', more: ['1', '2'] }],
  ['text', 'logout_token=a%2Bb%26c&more=1&more=2'],
])('a form that middleware has parsed into %s arrives as a form', async (_case, body) => {
  const handler = toNodeHandler(async (request) => Response.json([...new URLSearchParams(await request.text())]))
  const server = createServer(async (request: IncomingMessage & { body?: unknown }, response) => {
    await readAll(request)
    request.body = body
    await handler(request, response)
  })
  const url = `http://127.0.0.1:${await listen(server)}/`
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ any: 'thing' }) })
  expect(await answer.json()).toEqual([
    ['logout_token', 'a+b&c'],
    ['more', '1'],
    ['more', '2'],
  ])
})
