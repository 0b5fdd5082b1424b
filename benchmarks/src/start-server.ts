import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Options of the server. */
export interface ServerSettings {
  readonly delayMs: number
  /** True if Node's HTTP server answers, as most providers' do, instead of bare sockets. */
  readonly http?: boolean
  /** Answers 429 to the requests beyond this number in one second. */
  readonly limitPerSecond?: number
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** The counts of the server. */
export interface ServerCounts {
  readonly answered: number
  readonly refused: number
}

/** A running server. */
export interface Server {
  readonly url: string
  counts(): Promise<ServerCounts>
  reset(): Promise<void>
  close(): void
}

/** Starts the server in a separate process. */
export async function startServer(settings: ServerSettings): Promise<Server> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [JSON.stringify(settings)])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `${settings.tls ? 'https' : 'http'}://localhost:${port}`.replace(
      'localhost',
      settings.tls ? 'localhost' : '127.0.0.1',
    ),
    counts: () => ask<ServerCounts>(child, 'counts'),
    reset: async () => {
      await ask(child, 'reset')
    },
    close: () => child.disconnect(),
  }
}

/** Sends a message to a child process and waits for its answer. */
export async function ask<T>(child: ChildProcess, message: string | object): Promise<T> {
  child.send(message)
  const [answer] = await once(child, 'message')
  return answer as T
}
