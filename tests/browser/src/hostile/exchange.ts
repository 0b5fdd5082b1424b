import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostileRequest } from './hostile-request.ts'

/** The result of a hostile request. */
export interface Outcome {
  /** Everything that the server sent, as `latin1`. */
  readonly received: string
  /** True if a response came or the connection was closed in time. */
  readonly settled: boolean
}

/**
 * The time after an incomplete request until the client finishes its side, because the server may wait for the rest.
 */
const PATIENCE_MS = 250

/** The time that a server has to respond or to close the connection. */
const DEADLINE_MS = 10_000

/** Sends a request unchanged, byte by byte, and waits until there is a response or the connection is closed. */
export async function exchange(port: number, { steps, complete }: HostileRequest): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const head = steps.some((step) => 'send' in step && step.send.startsWith('HEAD '))
  let received = ''
  let closed = false
  let gone = false
  const settle = Promise.withResolvers<void>()
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    if (isAnswer(received, head)) settle.resolve()
  })
  const end = (): void => {
    closed = true
    settle.resolve()
  }
  socket.on('end', end)
  socket.on('close', end)
  // A server may close while the client still sends.
  socket.on('error', () => {})
  try {
    for (const step of steps) {
      if ('send' in step) socket.write(step.send, 'latin1')
      else if ('waitMs' in step) await sleep(step.waitMs)
      else {
        gone = step.end === 'reset'
        if (gone) socket.resetAndDestroy()
        else socket.end()
      }
      if (gone) break
    }
    const patience = setTimeout(() => complete || socket.end(), PATIENCE_MS)
    const deadline = setTimeout(settle.resolve, DEADLINE_MS)
    await settle.promise
    clearTimeout(patience)
    clearTimeout(deadline)
    return { received, settled: gone || closed || isAnswer(received, head) }
  } finally {
    socket.destroy()
  }
}

/** True if the text contains a complete response that is not an interim one. To `HEAD`, it has no body. */
function isAnswer(text: string, headOnly: boolean): boolean {
  const head = /^(?:HTTP\/1\.1 1\d\d .*?\r\n\r\n)*HTTP\/1\.[01] [2-5]\d\d.*?\r\n\r\n/s.exec(text)?.[0]
  if (!head) return false
  if (headOnly) return true
  const body = text.length - head.length
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return body >= Number(length)
  // Other responses may follow.
  return /\r\ntransfer-encoding: *chunked/i.test(head) && text.includes('0\r\n\r\n', head.length)
}
