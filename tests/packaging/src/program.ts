import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const start = promisify(execFile)
const tools = join(import.meta.dirname, '../node_modules/.bin')

/** The root of the workspace. */
export const root = join(import.meta.dirname, '../../..')

/** A program and the arguments that come first. */
export type Program = readonly [command: string, ...args: string[]]

/** The package manager that runs the tests: if started through npx, it would first query the registry for itself. */
const own = process.env.npm_execpath ?? ''

export const npm: Program = ['npm']
export const pnpm: Program = /pnpm(\.exe)?$/.test(own) ? [own] : ['npx', '--yes', 'pnpm@12.21.0']
export const bun: Program = [join(tools, 'bun')]
export const deno: Program = [join(tools, 'deno')]
/** The Node.js that consumers run: this one, or the one that a CI job names. */
export const node: Program = [process.env.CONSUMER_NODE ?? process.execPath]

/**
 * Runs a program to its end and returns its output; a failure contains all of the output. A program that does not end
 * on its own is stopped once `isDone`. The limit is three minutes, for a machine that is busy with other work.
 */
export async function run(
  cwd: string,
  [command, ...first]: Program,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  isDone?: () => Promise<boolean>,
): Promise<string> {
  // Scripts of the consumers find the consumers' Node.js, as with package managers.
  const env = { ...process.env, ...environment, PATH: `${dirname(node[0])}:${process.env.PATH}` }
  try {
    const running = start(command, [...first, ...args], { cwd, env, timeout: 180_000, maxBuffer: 64 * 1024 * 1024 })
    if (isDone) await stopWhen(isDone, running)
    const { stdout } = await running
    return stdout
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string }
    throw new Error([message, stdout, stderr].join('\n'))
  }
}

async function stopWhen(isDone: () => Promise<boolean>, running: ReturnType<typeof start>): Promise<void> {
  let over = false
  const end = (): void => {
    over = true
  }
  running.then(end, end)
  while (!over && !(await isDone())) await setTimeout(100)
  running.child.kill()
}
