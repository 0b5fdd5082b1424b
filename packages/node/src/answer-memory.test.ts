import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { type LoopbackServer, listenRaw } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

const CONNECTIONS = 256
const LIMIT = 8_192

const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

/** Sends the bytes of a body one by one, and never ends it. */
function trickle(bytes: number): Promise<LoopbackServer> {
  return listenRaw((socket: Socket) => socket.write(head + '1\r\nx\r\n'.repeat(bytes)))
}

/** Starts this number of requests, waits until all bytes have been read, and prints the memory that is held then. */
const program = (origin: string, bytes: number): string => `
  import { subscribe } from 'node:diagnostics_channel'
  import { setFlagsFromString } from 'node:v8'
  import { runInNewContext } from 'node:vm'
  const { poolTransport } = await import(${JSON.stringify(new URL('./pool-transport.ts', import.meta.url).href)})
  const { checkConnections } = await import(${JSON.stringify(new URL('./connections.ts', import.meta.url).href)})
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  const sockets = []
  subscribe('undici:client:connected', ({ socket }) => sockets.push(socket))
  const transport = poolTransport(checkConnections({}), { proxy: false, env: {}, allowInsecureHttp: false })
  const { signal } = new AbortController()
  const request = { method: 'GET', url: '${origin}/', headers: {}, body: undefined, signal, maxBodyBytes: ${LIMIT} }
  for (let count = 0; count < ${CONNECTIONS}; count++) transport.send(request)
  const expected = ${CONNECTIONS * (head.length + bytes * 6)}
  const read = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  while (sockets.length < ${CONNECTIONS} || read() < expected) await new Promise((resolve) => setTimeout(resolve, 20))
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  console.log(heapUsed + external)
  process.exit()`

test('256 responses of one-byte chunks each hold at most twice the limit', { timeout: 60_000 }, async () => {
  const held = async (bytes: number): Promise<number> => {
    await using server = await trickle(bytes)
    // Without the compiled code of earlier starts, which the first of two does not find, and the second does.
    const env = { NODE_DISABLE_COMPILE_CACHE: '1' }
    const { output, errors } = await runProgram(program(server.origin, bytes), { env })
    expect(errors).toBe('')
    return Number(output)
  }
  // The connections are not part of the measurement.
  const perAnswer = ((await held(LIMIT)) - (await held(1))) / CONNECTIONS
  expect(perAnswer).toBeGreaterThan(LIMIT / 2)
  expect(perAnswer).toBeLessThan(2 * LIMIT)
})
