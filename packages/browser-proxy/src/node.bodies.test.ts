import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import { expect, test } from 'vitest'
import { toNodeHandler } from './node.ts'
import { faultsOfAnswer } from './testing/contract.ts'
import { type Middleware, nodeServers, readAll } from './testing/node-server.ts'
import { sendRaw } from './testing/raw-http.ts'

const { listen, serve } = nodeServers()

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

test.each([
  [
    'a getter of its platform cannot parse',
    (request) =>
      Object.defineProperty(request, 'body', {
        get: () => {
          throw new SyntaxError('Invalid JSON')
        },
      }),
  ],
  ['cannot be JSON', (request) => Object.assign(request, { body: { count: 1n } })],
] as [string, (request: object) => void][])('a body that %s is malformed', async (_case, attach) => {
  const { post, revoked } = await serve(async (request) => {
    await readAll(request)
    attach(request)
  })
  const answer = await post('{x')
  expect([answer.status, (await answer.json()).code]).toEqual([400, 'malformed_body'])
  expect(revoked).toEqual([])
})

test('a getter that throws is not used if the body can still be read', async () => {
  const { post } = await serve((request) => {
    Object.defineProperty(request, 'body', { get: () => expect.fail('used') })
  })
  expect((await post('{"token":"the-token"}')).status).toBe(200)
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
