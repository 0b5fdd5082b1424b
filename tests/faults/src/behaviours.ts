import type { Behaviour } from './fault-server.ts'

/** An answer that keeps to HTTP, whatever it says. */
export interface Answer {
  readonly status?: number
  readonly reason?: string
  readonly version?: '1.0' | '1.1'
  /** A list makes one header line for each of its values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
}

/** The status line and headers of an answer, up to the empty line. */
export function head({ status = 200, reason = 'Whatever', version = '1.1', headers = {} }: Answer): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
  return `HTTP/${version} ${status} ${reason}\r\n${lines.join('')}\r\n`
}

/** Answers with the right `Content-Length` and keeps the connection. */
export function answer(answer: Answer): Behaviour {
  const { body = '', headers, status = 200 } = answer
  const framed =
    status === 204 || status === 304 ? headers : { 'content-length': `${Buffer.byteLength(body)}`, ...headers }
  return ({ socket }) => {
    socket.write(head({ ...answer, headers: framed ?? {} }))
    if (body.length > 0) socket.write(body)
  }
}

/** Writes bytes as they are; then keeps the connection, ends it, or resets it. */
export function write(bytes: string | Buffer, then: 'keep' | 'end' | 'reset' = 'keep'): Behaviour {
  return ({ socket, reset }) => {
    socket.write(bytes, () => {
      if (then === 'end') socket.end()
      if (then === 'reset') onceRead(reset)
    })
  }
}

/**
 * Does something once the client has read what was written; a reset would overtake it. The client is in this very
 * process, so it has after a few turns of the event loop, however busy the machine is.
 */
export function onceRead(action: () => void, turns = 10): void {
  if (turns === 0) action()
  else setImmediate(onceRead, action, turns - 1)
}

/** Never says anything. */
export const stayAway: Behaviour = () => {}

/** Resets the connection in place of an answer. */
export const reset: Behaviour = (exchange) => {
  exchange.reset()
}

/** Closes the connection in place of an answer. */
export const hangUp: Behaviour = ({ socket }) => {
  socket.end()
}

/** Writes `start` at once and then `drop` again and again, slowly, until the client has gone. */
export function trickle(start: string, drop: string, everyMs = 20): Behaviour {
  return ({ socket }) => {
    socket.write(start)
    const timer = setInterval(() => socket.write(drop), everyMs)
    socket.on('close', () => clearInterval(timer))
  }
}

/** Writes an answer one byte at a time. */
export function byteByByte(text: string): Behaviour {
  return ({ socket }) => {
    let at = 0
    const timer = setInterval(() => {
      socket.write(text.charAt(at++))
      if (at >= text.length) clearInterval(timer)
    }, 1)
    socket.on('close', () => clearInterval(timer))
  }
}

/** Writes `start` and then `chunk` again and again, as fast as the client takes it. */
export function pour(start: string, chunk: string): Behaviour {
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

/** Does one thing after the other, and the last one from then on. */
export function inTurn(...behaviours: readonly [Behaviour, ...Behaviour[]]): Behaviour {
  return (exchange) => {
    const behave = behaviours[Math.min(exchange.nth, behaviours.length) - 1] as Behaviour
    behave(exchange)
  }
}
