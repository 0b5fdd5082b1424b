import { spawn } from 'node:child_process'
import type { Desk, Report } from './desk-server.ts'
import type { Runtime } from './runtimes.ts'
import type { ProviderProcess } from './start-provider.ts'

/** The result of a runtime. */
export interface Outcome {
  readonly reports: readonly Report[]
  /** Its name for itself. */
  readonly runtime: string
  /** `null` if it had to be stopped. */
  readonly exitCode: number | null
  readonly output: string
}

const PATIENCE_MS = 120_000

/** A place for one runtime at a time. */
export interface Place {
  readonly provider: ProviderProcess
  readonly desk: Desk
  /** Its part of the stage. */
  readonly cwd: string
}

/** Runs the whole suite in a runtime. */
export async function runSuite(
  runtime: Runtime,
  { provider, desk, cwd }: Place,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  desk.clear()
  const [program, ...args] = runtime.command([desk.url, provider.appHost].map((url) => new URL(url).host))
  const child = spawn(program, args, { cwd, env, timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  return { reports: desk.reports, runtime: desk.runtime, exitCode, output }
}
