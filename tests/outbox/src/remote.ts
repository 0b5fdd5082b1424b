import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Functions that another process provides. */
export type Offer = Record<string, (...args: never[]) => unknown>

type Call = { readonly call: number; readonly name: string; readonly args: unknown[] }
type Answer = { readonly call: number; readonly result?: unknown; readonly error?: string }

/** In the other process: provides functions to the process that started it. */
export function offer(functions: Offer): void {
  process.on('message', async ({ call, name, args }: Call) => {
    let answer: Answer
    try {
      answer = { call, result: await (functions[name] as (...args: unknown[]) => unknown)(...args) }
    } catch (error) {
      answer = { call, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
    }
    process.send?.(answer)
  })
  // The process that started it has ended.
  process.on('disconnect', () => process.exit(0))
  tell({ ready: true })
}

/** In the other process: sends an unsolicited message. */
export function tell(message: object): void {
  process.send?.({ told: message })
}

/** Another process and its functions. */
export interface Remote<F extends Offer> extends AsyncDisposable {
  readonly pid: number
  call<N extends keyof F & string>(name: N, ...args: Parameters<F[N]>): Promise<Awaited<ReturnType<F[N]>>>
  /** Resolves when it can be called. */
  readonly ready: Promise<void>
  /** Resolves when it has ended, to its exit code or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Its standard output and error so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
}

/** Starts a program in a separate process: one of this folder, by its name, or any other. */
export function startRemote<F extends Offer>(
  program: string | URL,
  args: readonly string[] = [],
  onTold: (message: never) => void = () => {},
  env: NodeJS.ProcessEnv = {},
): Remote<F> {
  const path = fileURLToPath(program instanceof URL ? program : new URL(`programs/${program}.ts`, import.meta.url))
  const child: ChildProcess = fork(path, [...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, ...env },
  })
  const calls = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let count = 0
  let output = ''
  let isReady = (): void => {}
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk))
  const ended = once(child, 'exit').then(([code, signal]: (number | string)[]) => {
    for (const { reject } of calls.values()) reject(new Error(`The program ended (${code ?? signal}): ${output}`))
    return (code ?? signal) as number | string
  })
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  child.on('message', (message: Answer | { told: { ready?: boolean } }) => {
    if ('told' in message) {
      if (message.told.ready) isReady()
      else onTold(message.told as never)
      return
    }
    const { resolve, reject } = calls.get(message.call) ?? {}
    calls.delete(message.call)
    if (message.error === undefined) resolve?.(message.result as never)
    else reject?.(new Error(message.error))
  })
  const remote: Remote<F> = {
    pid: child.pid as number,
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Error(`The program has ended: ${output}`))
        calls.set(++count, { resolve, reject })
        child.send({ call: count, name, args } satisfies Call, (error) => error && reject(error))
      }),
    ready: Promise.race([ready, ended.then(() => Promise.reject(new Error(`The program ended early: ${output}`)))]),
    ended,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    },
  }
  // If nothing waits for it, its early end is not an error.
  remote.ready.catch(() => {})
  return remote
}
