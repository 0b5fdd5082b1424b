import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from '../../../outbox/src/loopback-port.ts'

/** A server in a separate process. */
export interface RunningProgram extends AsyncDisposable {
  readonly port: number
  readonly origin: string
  /** Everything it has printed. */
  readonly output: () => string
  /** True if its process is still the one that was started. */
  readonly alive: () => boolean
}

/** The lines that a runtime prints on its own: its address, and warnings of Node.js about a framework's code. */
const BY_THE_RUNTIME =
  /^(?:Listening on|Started|\(node:\d+\) \[DEP\d+\] DeprecationWarning|\(Use `node --trace-dep).*$/gm

/** The lines that a server has printed and should not have. */
export function complaintsOf(server: RunningProgram): string {
  return server.output().replace(BY_THE_RUNTIME, '').trim()
}

/** Runs a program that listens on the port in `PORT`, and resolves when it listens. */
export async function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<RunningProgram> {
  const port = await freePort()
  const child = spawn(command, args, {
    cwd,
    // A separate process group: the `deno` that npm installs is a program that starts the real one.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...env,
      PORT: String(port),
      NODE_ENV: 'production',
      // Without the variable Deno may rewrite the workspace's package.json.
      DENO_NO_PACKAGE_JSON: '1',
      NO_COLOR: '1',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
    })
  }
  const exited = once(child, 'exit')
  const alive = (): boolean => child.exitCode === null && child.signalCode === null
  while (!(await accepts(port))) {
    if (!alive()) throw new Error(`${command} ${args.at(-1)} did not start: ${output}`)
    await sleep(50)
  }
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    output: () => output,
    alive,
    async [Symbol.asyncDispose]() {
      if (child.pid && alive()) process.kill(-child.pid)
      await exited
    },
  }
}
