import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A runtime, and its way of running the suite. */
export interface Runtime {
  readonly name: string
  /** The version in the lock file. */
  readonly version: string
  /** The packages that are tested in it. */
  readonly package: string
  /** Its required name for itself, so that no other one responds in its place. */
  readonly says: string
  /** The command, run in the stage; `hosts` are those that the suite connects to. */
  readonly command: (hosts: readonly string[]) => readonly [program: string, ...args: string[]]
}

const modules = join(import.meta.dirname, '../node_modules')
const core = '@backend-logout/core'

/** Every runtime of the matrix. */
export const RUNTIMES: readonly Runtime[] = [
  ...['22', '24', '26'].flatMap((major) => ['@backend-logout/node', core].map((name) => node(major, name))),
  {
    name: 'Deno',
    version: versionOf('deno'),
    package: '@backend-logout/deno',
    says: `Deno ${versionOf('deno')}`,
    command: (hosts) => [bin('deno'), 'test', '--no-prompt', `--allow-net=${hosts}`, './runners/deno.ts'],
  },
  {
    name: 'Bun',
    version: versionOf('bun'),
    package: core,
    says: `Bun ${versionOf('bun')}`,
    command: () => [bin('bun'), 'test', '--timeout=60000', './runners/bun.ts'],
  },
  {
    name: 'workerd (Cloudflare Workers)',
    version: createRequire(realpathSync(join(modules, 'miniflare/package.json')))('workerd/package.json').version,
    package: core,
    says: 'Cloudflare-Workers',
    command: () => [process.execPath, 'runners/workerd.ts'],
  },
  {
    name: 'Chromium, modules in a page',
    // The version of an installed one, which comes first, would change the table on every machine.
    version: versionOf('@sparticuz/chromium'),
    package: core,
    says: 'HeadlessChrome/',
    command: () => [process.execPath, 'runners/chromium.ts'],
  },
]

// All three install a `node` for the scripts of this package, of which pnpm uses the newest.
function node(major: string, name: string): Runtime {
  const version = versionOf(`node${major}`)
  const command = [join(modules, `node${major}/bin/node`), 'runners/node.ts', name] as const
  return { name: `Node.js ${major}`, version, package: name, says: `Node.js ${version}`, command: () => command }
}

/** The runtimes in which a server program may run. */
export const SERVER_RUNTIMES = ['Node.js 22', 'Node.js 24', 'Node.js 26', 'Deno', 'Bun'] as const

/** The command that runs a program of this workspace in one of them. */
export function programIn(
  name: (typeof SERVER_RUNTIMES)[number],
  file: string,
): readonly [program: string, ...args: string[]] {
  if (name === 'Bun') return [bin('bun'), 'run', file]
  if (name === 'Deno') return [bin('deno'), 'run', '--allow-all', '--quiet', '--node-modules-dir=manual', file]
  return [join(modules, `node${name.slice(-2)}/bin/node`), file]
}

function bin(name: string): string {
  return join(modules, '.bin', name)
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version
}
