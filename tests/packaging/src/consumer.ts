import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { bun, deno, node, npm, type Program, pnpm, run } from './program.ts'

/** The ways of installing packages, and the runtimes of the programs. */
export interface Toolchain {
  readonly install: (folder: string, packages: readonly string[]) => Promise<unknown>
  readonly runtime: Program
}

export type ToolchainName = 'npm' | 'pnpm' | 'Bun' | 'Deno'

const { environment, folder: root } = inject('release')
const installWith =
  (program: Program, ...args: string[]): Toolchain['install'] =>
  (folder, packages) =>
    run(folder, program, [...args, ...packages], environment)

export const toolchains: Readonly<Record<ToolchainName, Toolchain>> = {
  npm: { install: installWith(npm, 'install', '--no-audit', '--no-fund', '--loglevel=error'), runtime: node },
  pnpm: { install: installWith(pnpm, 'add'), runtime: node },
  Bun: { install: installWith(bun, 'add'), runtime: [...bun, 'run'] },
  Deno: {
    install: installWith(deno, 'add', '--quiet'),
    runtime: [...deno, 'run', '--quiet', '--no-prompt', '--allow-net', '--allow-env', '--allow-read', '--allow-sys'],
  },
}

/** An empty folder that uses the local registry, and nothing of this workspace. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(root, 'consumer-'))
  await writeFile(join(folder, '.npmrc'), `registry=${environment.npm_config_registry}\n`)
  return folder
}

/** An empty folder with packages installed from the local registries. */
export async function installed(toolchain: ToolchainName, packages: readonly string[]): Promise<string> {
  const folder = await emptyFolder()
  if (toolchain === 'Deno') await writeFile(join(folder, 'deno.json'), '{ "minimumDependencyAge": 0 }\n')
  else await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await toolchains[toolchain].install(folder, packages)
  return folder
}

/** Runs a program in a consumer's folder. */
export const runIn = (
  folder: string,
  program: Program,
  args: readonly string[],
  more?: NodeJS.ProcessEnv,
  isDone?: () => Promise<boolean>,
): Promise<string> => run(folder, program, args, { ...environment, ...more }, isDone)
