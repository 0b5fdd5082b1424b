import { gzipSync } from 'node:zlib'
import type { TransportRequest, TransportResponse } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { checkConnections } from './connections.ts'
import { type PoolTransport, poolTransport } from './pool-transport.ts'
import { type Answer, type LoopbackServer, listen, listenRaw } from './testing/loopback-server.ts'

function transport(connections = 4): PoolTransport & AsyncDisposable {
  const pools = poolTransport(checkConnections({ connections }), { proxy: false, env: {}, allowInsecureHttp: false })
  return Object.assign(pools, { [Symbol.asyncDispose]: () => pools.close() })
}

function request(server: LoopbackServer, given: Partial<TransportRequest> = {}): TransportRequest {
  const { signal } = new AbortController()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return {
    method: 'POST',
    url: `${server.origin}/a?b=c`,
    headers,
    body: 'token=t',
    signal,
    maxBodyBytes: 1000,
    ...given,
  }
}

/** One response, whose server is inspected afterward. */
async function answerTo(
  start: Promise<LoopbackServer>,
  given?: Partial<TransportRequest>,
  look?: (server: LoopbackServer) => unknown,
): Promise<TransportResponse> {
  await using server = await start
  await using pools = transport()
  const answer = await pools.send(request(server, given))
  await look?.(server)
  return answer
}

const raw = (...bytes: string[]) => listenRaw((socket) => socket.write(bytes.join('\r\n'), 'latin1'))

/** Waits until every connection is closed, for less time than undici keeps an idle one. */
async function connectionsClosed(server: LoopbackServer): Promise<void> {
  await expect.poll(() => server.open.size, { timeout: 2_000 }).toBe(0)
}

test('sends method, path, headers and body unchanged', async () => {
  const echo: Answer = ({ method, url, headers, body }, response) => {
    response.end(JSON.stringify({ method, url, body, type: headers['content-type'] }))
  }
  const { body } = await answerTo(listen(echo))
  const type = 'application/x-www-form-urlencoded'
  expect(JSON.parse(body)).toEqual({ method: 'POST', url: '/a?b=c', body: 'token=t', type })
  const get = await answerTo(listen(echo), { method: 'GET', body: undefined, headers: {} })
  expect(JSON.parse(get.body)).toEqual({ method: 'GET', url: '/a?b=c', body: '' })
})

test('returns status, headers in any case, and body', async () => {
  const answer = await answerTo(
    listen((_request, response) => {
      response.writeHead(429, { 'Retry-After': '7', 'X-Twice': ['a', 'b'] }).end('später')
    }),
  )
  expect(answer).toMatchObject({ status: 429, body: 'später', truncated: false, redirected: false })
  expect(answer.headers.get('retry-after')).toBe('7')
  expect(answer.headers.get('Retry-After')).toBe('7')
  expect(answer.headers.get('x-twice')).toMatch(/^a, ?b$/)
  expect(answer.headers.get('x-none')).toBeNull()
})

test.each([301, 302, 303, 307, 308])('does not follow a redirect with %i', async (status) => {
  let requests = 0
  const answer = await answerTo(
    listen((_request, response) => {
      requests++
      response.writeHead(status, { location: '/elsewhere' }).write('and a body without an end')
    }),
    {},
    connectionsClosed,
  )
  expect(answer).toMatchObject({ status, body: '', redirected: false })
  expect(requests).toBe(1)
})

test('reads up to its limit, and closes the connection', async () => {
  const endless: Answer = (_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(100))) {}
      response.once('drain', more)
    }
    more()
  }
  const answer = await answerTo(listen(endless), {}, connectionsClosed)
  expect(answer).toMatchObject({ status: 200, body: 'x'.repeat(1000), truncated: true })
})

test('decompresses a body, up to its limit', async () => {
  const packed = (size: number): Answer => {
    return (_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(size)))
    }
  }
  expect(await answerTo(listen(packed(1000)))).toMatchObject({ body: 'x'.repeat(1000), truncated: false })
  expect(await answerTo(listen(packed(1001)))).toMatchObject({ body: '', truncated: true })
})

test('supports HTTP/1.0, whose body ends with the connection', async () => {
  const server = listenRaw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'))
  expect(await answerTo(server)).toMatchObject({ status: 200, body: 'all of it' })
})

test('does not mistake an interim response for the final one', async () => {
  const server = raw('HTTP/1.1 103 Early Hints', 'link: </a>', '', 'HTTP/1.1 400 Bad', 'content-length: 2', '', 'no')
  expect(await answerTo(server)).toMatchObject({ status: 400, body: 'no' })
})

test.each([
  ['more headers than it may have', ['HTTP/1.1 200 OK', `x-long: ${'x'.repeat(100_000)}`, '', '']],
  ['bytes that are not HTTP', ['SSH-2.0-OpenSSH_9.9', '', '']],
  ['two lengths', ['HTTP/1.1 200 OK', 'content-length: 2', 'content-length: 3', '', 'no']],
])('rejects a response that has %s', async (_what, lines) => {
  await expect(answerTo(raw(...lines))).rejects.toThrow(Error)
})

test('rejects an incomplete success, and keeps an incomplete refusal', async () => {
  const breaks = (status: string) =>
    listenRaw((socket) => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\n{"act`))
  await expect(answerTo(breaks('200 OK'))).rejects.toThrow('closed')
  expect(await answerTo(breaks('401 No'))).toMatchObject({ status: 401, body: '', truncated: true })
})

test.each(['', '\r\nconnection: close', '\r\ncontent-type: text/plain'])(
  'rejects a success without a length whose connection is reset, and keeps such a refusal: %j',
  async (header) => {
    const resets = (status: string) =>
      listenRaw((socket) => {
        socket.write(`HTTP/1.1 ${status}${header}\r\n\r\n{"a":1}`)
        setTimeout(() => socket.resetAndDestroy(), 50)
      })
    await expect(answerTo(resets('200 OK'))).rejects.toThrow('ECONNRESET')
    expect(await answerTo(resets('401 No'))).toMatchObject({ status: 401, body: '{"a":1}' })
  },
)

test('a connection that is reset after a complete success does not matter', async () => {
  const server = listenRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok')
    setTimeout(() => socket.resetAndDestroy(), 50)
  })
  expect(await answerTo(server, {}, connectionsClosed)).toMatchObject({ status: 200, body: 'ok' })
})

test('rejects a success whose compressed body is broken, and keeps such a refusal', async () => {
  const broken = (status: number) =>
    listen((_request, response) => {
      response.writeHead(status, { 'content-encoding': 'gzip' }).end('this is not gzip')
    })
  await expect(answerTo(broken(200))).rejects.toThrow('incorrect header check')
  expect(await answerTo(broken(503))).toMatchObject({ status: 503, body: '', truncated: true })
})

test('rejects immediately when the signal aborts, and closes the connection', async () => {
  let arrived = (): void => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  await using server = await listenRaw(() => arrived())
  await using pools = transport()
  const controller = new AbortController()
  const answer = pools.send(request(server, { signal: controller.signal }))
  await arrival
  controller.abort()
  await expect(answer).rejects.toThrow('aborted')
  await connectionsClosed(server)
})

test('sends nothing if the signal has aborted before', async () => {
  await using server = await listen((_request, response) => response.end())
  await using pools = transport()
  await pools.send(request(server))
  await expect(pools.send(request(server, { signal: AbortSignal.abort() }))).rejects.toThrow('aborted')
  expect(server.connections).toBe(1)
})

test('never sends a request that was aborted while it waited for a connection, which serves the next one', async () => {
  const bodies: string[] = []
  const held: (() => void)[] = []
  await using server = await listen(({ body }, response) => {
    bodies.push(body)
    held.push(() => response.end())
  })
  await using pools = transport(1)
  const controller = new AbortController()
  const first = pools.send(request(server, { body: 'first' }))
  const second = pools.send(request(server, { body: 'second', signal: controller.signal }))
  const third = pools.send(request(server, { body: 'third' }))
  await expect.poll(() => held.length).toBe(1)
  controller.abort()
  await expect(second).rejects.toThrow('aborted')
  held[0]?.()
  await first
  await expect.poll(() => held.length).toBe(2)
  held[1]?.()
  await third
  expect(bodies).toEqual(['first', 'third'])
  expect(server.connections).toBe(1)
})
