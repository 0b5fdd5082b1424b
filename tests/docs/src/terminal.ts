import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The program that `npx @backend-logout/cli` would fetch. */
export const cli: string = join(import.meta.dirname, '../node_modules/@backend-logout/cli/dist/bin.js')

/** Commands of a page, with the program of this workspace instead of the one that `npx` would fetch. */
export function localCommands(commands: string): string {
  return commands.replaceAll('npx @backend-logout/cli', `node ${cli}`)
}

/** An environment in which `node` is the Node.js that runs the tests. */
export function terminalEnvironment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
}

/** Runs commands of a page to their end, in one shell, and returns their output. */
export async function runCommands(
  commands: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const options = { cwd, env: terminalEnvironment(env) }
  return (await promisify(execFile)('sh', ['-ec', localCommands(commands)], options)).stdout
}
