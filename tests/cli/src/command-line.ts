import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runProgram } from '../../../packages/cli/src/program.ts'
import { createTerminal } from '../../../packages/cli/src/terminal/terminal.ts'

const manifest = createRequire(import.meta.url).resolve('@backend-logout/cli/package.json')
const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> }
/** The file that the command `backend-logout` starts. */
export const binPath: string = join(dirname(manifest), bin['backend-logout'] as string)

/** The end of a command. */
export interface Ended {
  /** The exit code; `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The end of a command. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Its output so far. */
  readonly output: { stdout: string; stderr: string }
  /** Waits until it has written something that matches. */
  seen(pattern: RegExp): Promise<void>
}

/** Options for starting a command. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The content of standard input; without it, nothing. `null` leaves standard input open. */
  readonly input?: string | null
  /** A shell command that starts the program as `"$@"`; for limits that a shell sets. */
  readonly shell?: string
}

/** Tests do not write into the cache of the user who runs them. */
const NO_CACHE = process.env.NODE_COMPILE_CACHE ? {} : { NODE_DISABLE_COMPILE_CACHE: '1' }

/** Starts `backend-logout` in a separate process. It inherits no variable that names a provider. */
export function start(args: readonly string[], { env = {}, cwd, input = '', shell }: StartOptions = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !/^AUTHING_|_PROXY$|^BACKEND_LOGOUT/i.test(name))
  const command = [process.execPath, binPath, ...args]
  const [file, ...rest] = shell === undefined ? command : ['/bin/sh', '-c', shell, 'sh', ...command]
  const child = spawn(file as string, rest, { env: { ...Object.fromEntries(inherited), ...NO_CACHE, ...env }, cwd })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text
  })
  // A program that has seen enough does not need to read the rest.
  child.stdin.on('error', () => {})
  if (input !== null) child.stdin.end(input)
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }))
  const seen = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output.stdout + output.stderr)) {
      const more = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended.then(() => 'ended')])
      if ((await more) === 'ended' && !pattern.test(output.stdout + output.stderr)) {
        throw new Error(`The command ended without ${pattern}:\n${output.stdout}${output.stderr}`)
      }
    }
  }
  return { child, ended, output, seen }
}

/** The input of a command that {@link run} starts. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The content of standard input; without it, nothing. */
  readonly input?: string | Uint8Array
  /** True if standard output and standard error are a terminal of 80 columns. */
  readonly isTTY?: boolean
}

/**
 * Runs `backend-logout` to its end, in this process: everything except the few lines that connect it to a process.
 * Tests of processes (signals, pipes of a shell, limits, working directories) use {@link start}.
 */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { env = {}, input = '', isTTY = false } = options
  const streams = () => Object.assign(new PassThrough(), { isTTY, columns: 80 })
  const [stdout, stderr] = [streams(), streams()]
  const written = Promise.all([text(stdout), text(stderr)])
  const stdin = Readable.from(input.length > 0 ? [Buffer.from(input as string)] : [])
  const code = await runProgram(args, createTerminal({ env, stdin, stdout, stderr }))
  stdout.end()
  stderr.end()
  const [out, err] = await written
  return { code, signal: null, stdout: out, stderr: err }
}
