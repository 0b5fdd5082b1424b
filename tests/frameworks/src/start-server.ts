import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulator } from '@backend-logout/emulator'

/** A program of an example, in a separate process. */
export interface RunningServer extends AsyncDisposable {
  readonly origin: string
  /** Everything it has printed. */
  readonly output: () => string
}

/** The settings of an application of the emulator, as users set them in the environment. */
export function settingsFor({ app, appHost }: Emulator, origin: string): Record<string, string> {
  return {
    APP_ORIGIN: origin,
    AUTHING_APP_ID: app.appId,
    AUTHING_APP_SECRET: app.appSecret ?? '',
    AUTHING_APP_HOST: appHost,
  }
}

/** Starts a server, and waits until it responds. */
export async function startServer(
  origin: string,
  command: readonly [program: string, ...args: string[]],
  options: { readonly env: Record<string, string>; readonly cwd?: string },
): Promise<RunningServer> {
  const [program, ...args] = command
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, PORT: new URL(origin).port, ...options.env }
  // A separate process group: the `deno` that npm installs is a program that starts the real one.
  const child = spawn(program, args, { cwd: options.cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const exited = once(child, 'exit')
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server has ended: ${output}`)
    const answer = await fetch(origin, { redirect: 'manual' }).catch(() => undefined)
    if (answer) break
    await sleep(50)
  }
  return {
    origin,
    output: () => output,
    async [Symbol.asyncDispose]() {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
      await exited
    },
  }
}
