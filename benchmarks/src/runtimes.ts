import { createRequire } from 'node:module'
import type { RuntimeName } from './contestants.ts'

/** How a runtime is started, in the words of `fork`. */
export interface RuntimeCommand {
  readonly execPath: string
  readonly execArgv: string[]
}

const require = createRequire(import.meta.url)

/** How each runtime is started. The programs come from npm, as everything else does. */
export function runtimeCommand(runtime: RuntimeName): RuntimeCommand {
  if (runtime === 'Node.js') return { execPath: process.execPath, execArgv: [] }
  if (runtime === 'Bun') return { execPath: require.resolve('bun/bin/bun.exe'), execArgv: [] }
  // What npm puts into .bin is a script that starts Deno, and does not hand on the channel between the processes.
  const { runInstall } = require('deno/install_api.cjs') as { runInstall(): string }
  return { execPath: runInstall(), execArgv: ['run', '--allow-all', '--quiet', '--node-modules-dir=manual'] }
}
