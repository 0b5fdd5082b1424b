/**
 * The provider that every client is measured against, in a separate process: it reads a request, waits if configured,
 * and answers 200. Written on bare sockets, so that it is never the slowest part; with `http`, it is Node's HTTP
 * server.
 *
 * Started by `startServer`; settings come as JSON in the first argument, the port goes back over IPC.
 */
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { ServerSettings } from './start-server.ts'

const { delayMs, limitPerSecond, tls, http } = JSON.parse(process.argv[2] ?? '{}') as ServerSettings
const OK = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
const THROTTLED = Buffer.from('HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n')
const HEADERS_END = Buffer.from('\r\n\r\n')

let answered = 0
let refused = 0
let second = 0
let admitted = 0

function admit(): boolean {
  if (limitPerSecond === undefined) return true
  const now = Math.floor(performance.now() / 1000)
  if (now !== second) {
    second = now
    admitted = 0
  }
  return ++admitted <= limitPerSecond
}

function count(): boolean {
  const admitted = admit()
  if (admitted) answered++
  else refused++
  return admitted
}

function answer(socket: Socket): void {
  const admitted = count()
  if (delayMs > 0) setTimeout(() => socket.write(admitted ? OK : THROTTLED), delayMs)
  else socket.write(admitted ? OK : THROTTLED)
}

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
    for (;;) {
      const end = pending.indexOf(HEADERS_END)
      if (end < 0) return
      const head = pending.toString('latin1', 0, end)
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const total = end + HEADERS_END.length + length
      if (pending.length < total) return
      pending = pending.subarray(total)
      answer(socket)
    }
  })
}

const serveHttp: RequestListener = (request, response) => {
  const end = (): void => {
    if (count()) response.setHeader('content-type', 'application/json').end('{}')
    else response.writeHead(429, { 'retry-after': '1' }).end()
  }
  request.resume().once('end', () => (delayMs > 0 ? setTimeout(end, delayMs) : end()))
}

function listener() {
  if (http) return tls ? createHttpsServer(tls, serveHttp) : createHttpServer(serveHttp)
  return tls ? createTlsServer(tls, serve) : createServer(serve)
}

const server = listener()
server.listen(0, '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('message', (message) => {
  if (message === 'counts') process.send?.({ answered, refused })
  if (message === 'reset') {
    answered = 0
    refused = 0
    process.send?.({})
  }
})
// Ends with its parent.
process.on('disconnect', () => process.exit())
