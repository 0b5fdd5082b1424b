import type { Behavior } from './fault-server.ts'

/** A response that follows HTTP, with any content. */
export interface Answer {
  readonly status?: number
  readonly reason?: string
  readonly version?: '1.0' | '1.1'
  /** A list becomes one header line for each of its values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
}

/** The status line and headers of a response, up to the empty line. */
export function head({ status = 200, reason = 'Whatever', version = '1.1', headers = {} }: Answer): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
  return `HTTP/${version} ${status} ${reason}\r\n${lines.join('')}\r\n`
}

/** Responds with the correct `Content-Length` and keeps the connection. */
export function answer(answer: Answer): Behavior {
  const { body = '', headers, status = 200 } = answer
  const framed =
    status === 204 || status === 304 ? headers : { 'content-length': `${Buffer.byteLength(body)}`, ...headers }
  return ({ socket }) => {
    socket.write(head({ ...answer, headers: framed ?? {} }))
    if (body.length > 0) socket.write(body)
  }
}

/** Writes bytes unchanged; then keeps the connection, ends it, or resets it. */
export function write(bytes: string | Buffer, then: 'keep' | 'end' | 'reset' = 'keep'): Behavior {
  return ({ socket, reset }) => {
    socket.write(bytes, () => {
      if (then === 'end') socket.end()
      if (then === 'reset') onceRead(reset)
    })
  }
}

/**
 * Acts once the client has read what was written; a reset would overtake it. The client is in this process, so it has
 * read the bytes after a few turns of the event loop, however busy the machine is.
 */
export function onceRead(action: () => void, turns = 10): void {
  if (turns === 0) action()
  else setImmediate(onceRead, action, turns - 1)
}

/** Never says anything. */
export const stayAway: Behavior = () => {}

/** Resets the connection instead of responding. */
export const reset: Behavior = (exchange) => {
  exchange.reset()
}

/** Closes the connection instead of responding. */
export const hangUp: Behavior = ({ socket }) => {
  socket.end()
}

/** Writes `start` immediately, and then `drop` repeatedly and slowly until the client disconnects. */
export function trickle(start: string, drop: string, everyMs = 20): Behavior {
  return ({ socket }) => {
    socket.write(start)
    const timer = setInterval(() => socket.write(drop), everyMs)
    socket.on('close', () => clearInterval(timer))
  }
}

/** Writes a response one byte at a time. */
export function byteByByte(text: string): Behavior {
  return ({ socket }) => {
    let at = 0
    const timer = setInterval(() => {
      socket.write(text.charAt(at++))
      if (at >= text.length) clearInterval(timer)
    }, 1)
    socket.on('close', () => clearInterval(timer))
  }
}

/** Writes `start`, and then `chunk` repeatedly, as fast as the client reads it. */
export function pour(start: string, chunk: string): Behavior {
  const bytes = Buffer.from(chunk)
  return ({ socket }) => {
    const fill = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    }
    socket.on('drain', fill)
    socket.write(start)
    fill()
  }
}

/** Uses one behavior after the other, and the last one from then on. */
export function inTurn(...behaviors: readonly [Behavior, ...Behavior[]]): Behavior {
  return (exchange) => {
    const behave = behaviors[Math.min(exchange.nth, behaviors.length) - 1] as Behavior
    behave(exchange)
  }
}
