import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** The result of a program. */
export interface ProgramResult {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The surroundings of a program. */
export interface ProgramPlace {
  readonly env?: NodeJS.ProcessEnv
  /** The number of file descriptors that it may have open. */
  readonly descriptors?: number
}

/** Runs an ES module in a separate process, with this package as `node`. A program that does not end is killed. */
export async function runProgram(source: string, { env, descriptors }: ProgramPlace = {}): Promise<ProgramResult> {
  const entry = new URL('../index.ts', import.meta.url).href
  const program = `const node = await import(${JSON.stringify(entry)})\n${source}`
  const command = [process.execPath, '--input-type=module', '--eval', program]
  const limited = descriptors ? ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', ...command] : command
  const [file = '', ...args] = limited
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, output, errors }
}
