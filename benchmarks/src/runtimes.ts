import { createRequire } from 'node:module'
import type { RuntimeName } from './contestants.ts'

/** The way to start a runtime, in the terms of `fork`. */
export interface RuntimeCommand {
  readonly execPath: string
  readonly execArgv: string[]
}

const require = createRequire(import.meta.url)

/** The way to start each runtime. The programs come from npm, like everything else. */
export function runtimeCommand(runtime: RuntimeName): RuntimeCommand {
  if (runtime === 'Node.js') return { execPath: process.execPath, execArgv: [] }
  if (runtime === 'Bun') return { execPath: require.resolve('bun/bin/bun.exe'), execArgv: [] }
  // The script that npm puts into .bin starts Deno, and does not pass on the channel between the processes.
  const { runInstall } = require('deno/install_api.cjs') as { runInstall(): string }
  return { execPath: runInstall(), execArgv: ['run', '--allow-all', '--quiet', '--node-modules-dir=manual'] }
}
