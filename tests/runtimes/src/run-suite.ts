import { spawn } from 'node:child_process'
import type { Desk, Report } from './desk-server.ts'
import type { Runtime } from './runtimes.ts'
import type { Stage } from './stage.ts'

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

/** Runs the whole suite in a runtime on the stage. */
export async function runSuite(runtime: Runtime, stage: Stage, desk: Desk, hosts: readonly string[]): Promise<Outcome> {
  desk.clear()
  const [program, ...args] = runtime.command(hosts)
  const child = spawn(program, args, { cwd: stage.folder, env: stage.env, timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  return { reports: desk.reports, runtime: desk.runtime, exitCode, output }
}
