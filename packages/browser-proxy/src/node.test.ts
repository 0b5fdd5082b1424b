import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { toNodeHandler } from './node.ts'
import { createLogoutHandler, type LogoutHandlerOptions } from './server/index.ts'
import { faultsOfAnswer } from './testing/contract.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Middleware = (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => Promise<void> | void

/** A server in token mode: what arrives as the token shows how the body was read. */
async function serve(before: Middleware = () => {}, options: Partial<LogoutHandlerOptions> = {}) {
  const revoked: unknown[] = []
  const client = {
    logout: async (tokens: unknown) => {
      revoked.push(tokens)
      return { revoked: true, tokens: [] }
    },
  }
  const handler = toNodeHandler(createLogoutHandler({ client, ...options }))
  const server = createServer(async (request, response) => {
    await before(request, response)
    await handler(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
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

test('toNodeHandler() answers through node:http, headers and all', async () => {
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
] as [string, Middleware][])('the body arrives when %s has read it before', async (_case, before) => {
  const { post, revoked } = await serve(before)
  expect((await post('{"token":"the-token"}')).status).toBe(200)
  expect(revoked).toEqual([{ accessToken: 'the-token' }])
})

test('a body that a middleware has read and dropped is an error, not an empty body', async () => {
  const { post, revoked } = await serve(async (request) => void (await readAll(request)))
  const answer = await post('{"token":"the-token"}')
  expect(answer.status).toBe(400)
  expect((await answer.json()).code).toBe('incomplete_body')
  expect(revoked).toEqual([])
})

test('a body that is too large is answered, and the connection goes on', async () => {
  const { post, revoked } = await serve()
  const answer = await post(JSON.stringify({ token: 'x'.repeat(200_000) }))
  expect(answer.status).toBe(413)
  expect(await faultsOfAnswer(answer)).toEqual([])
  expect((await post('{"token":"the-token"}')).status).toBe(200)
  expect(revoked).toEqual([{ accessToken: 'the-token' }])
})

test('a body without a declared length that is too large is answered too', async () => {
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

test('a client that breaks off in the middle of the body logs nobody out', async () => {
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
