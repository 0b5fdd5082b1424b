import { once } from 'node:events'
import { createServer } from 'node:http'
import http2 from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test, vi } from 'vitest'
import { toNodeHandler } from './node.ts'
import { nodeServers } from './testing/node-server.ts'
import { rawRequest } from './testing/raw-http.ts'

const { listen, serve } = nodeServers()
const clients: Socket[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})
const send = (port: number, text: string): Socket => {
  const client = connect(port, '127.0.0.1')
  client.on('error', () => {})
  client.write(text)
  clients.push(client)
  return client
}

test.each(['GET', 'POST'])(
  'the signal of a %s request aborts when its client leaves, even if only the signal is kept',
  async (method) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const signals: AbortSignal[] = []
    const port = await listen(
      createServer(
        toNodeHandler(({ signal }) => {
          signals.push(signal)
          return new Promise(() => {})
        }),
      ),
    )
    const client = send(port, rawRequest(['Host: a'], '/', method))
    await expect.poll(() => signals.length).toBe(1)
    await sleep(20)
    collect()
    expect(signals[0]?.aborted).toBe(false)
    client.destroy()
    await expect.poll(() => signals[0]?.aborted).toBe(true)
  },
)

test('the signal is aborted if the client left while middleware ran', async () => {
  const signals: AbortSignal[] = []
  const handler = toNodeHandler(async ({ signal }) => {
    signals.push(signal)
    return new Response()
  })
  const server = createServer(async (request, response) => {
    await once(response, 'close')
    await handler(request, response)
  })
  const client = send(await listen(server), rawRequest(['Host: a']))
  await once(server, 'request')
  client.destroy()
  await expect.poll(() => signals[0]?.aborted).toBe(true)
})

test('over HTTP/2, the signal aborts when the client cancels the request, and not after a response', async () => {
  const signals: AbortSignal[] = []
  const handler = toNodeHandler(({ url, signal }) => {
    signals.push(signal)
    return url.endsWith('/waits') ? new Promise(() => {}) : Promise.resolve(new Response('x'))
  })
  const server = http2.createServer(handler as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await once(session.request({ ':path': '/' }).resume(), 'close')
  const waiting = session.request({ ':path': '/waits' })
  await expect.poll(() => signals.length).toBe(2)
  waiting.close(http2.constants.NGHTTP2_CANCEL)
  await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([false, true])
  session.destroy()
  server.close()
})

test('a thousand requests on one connection abort nothing, leave no listener, and cause no warning', async () => {
  const warned = vi.fn()
  process.on('warning', warned)
  const signals: AbortSignal[] = []
  const sockets = new Set<Socket>()
  const handler = toNodeHandler(async ({ signal }) => {
    signals.push(signal)
    return new Response('x')
  })
  const port = await listen(
    createServer((request, response) => {
      sockets.add(request.socket)
      return handler(request, response)
    }),
  )
  const client = send(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000)).resume()
  await expect.poll(() => signals.length, { timeout: 10_000 }).toBe(1_000)
  const [socket] = sockets
  expect(sockets.size).toBe(1)
  expect(socket?.listenerCount('close')).toBeLessThan(10)
  client.end()
  await once(client, 'close')
  expect(signals.filter(({ aborted }) => aborted)).toEqual([])
  expect(warned).not.toHaveBeenCalled()
  process.off('warning', warned)
})

test('a logout is completed when the client leaves', async () => {
  const events: string[] = []
  const cleared: string[] = []
  const { port, origin, revoked } = await serve(undefined, {
    session: {
      async read() {
        await sleep(100)
        return { accessToken: 'a' }
      },
      async clear(request) {
        cleared.push(`left: ${request.signal.aborted}`)
      },
    },
    onEvent: (event) => events.push(event.type),
  })
  const client = send(port, rawRequest([`Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'X-Logout-Request: 1']))
  await sleep(50)
  client.destroy()
  await expect.poll(() => events).toContain('outcome')
  expect([revoked, cleared]).toEqual([[{ accessToken: 'a' }], ['left: true']])
})
