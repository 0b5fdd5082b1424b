/** Starts the tools of a release. Their output is shown only if one fails. */
import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const start = promisify(execFile)

/** Runs a program in a folder, with the workspace's tools first in the path, and returns its output. */
export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const path = [join(cwd, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, ...environment }
  try {
    const { stdout } = await start(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${[command, ...args].join(' ')}: failed\n${stdout ?? ''}${stderr ?? ''}`)
  }
}

/** The pnpm that runs this script, or the one that the workspace names. */
export function pnpm(cwd: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string> {
  const own = process.env.npm_execpath ?? ''
  // npx queries the registry even for installed packages, and a dry run has no registry.
  if (/pnpm(\.exe)?$/.test(own)) return run(cwd, own, args, environment)
  return run(cwd, 'npx', ['--yes', 'pnpm@12.21.0', ...args], environment)
}
