import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Summary, summarize } from './statistics.ts'

const run = promisify(execFile)

/** The cost of importing a package in a fresh process. */
export interface ImportResult {
  readonly package: string
  readonly importMs: Summary
}

const PACKAGES = [
  '@backend-logout/core',
  '@backend-logout/node',
  'oauth4webapi',
  'openid-client',
  '@badgateway/oauth2-client',
  'arctic',
  'openapi-fetch',
  'undici',
  'authing-node-sdk',
]

/** Imports each package in turns, each time in a fresh process; ours from `packed`, where they are as published. */
export async function measureImports(rounds: number, packed: string): Promise<ImportResult[]> {
  const times = new Map<string, number[]>(PACKAGES.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, measured] of times) {
      const cwd = name.startsWith('@backend-logout/') ? packed : import.meta.dirname
      const script = `const t = performance.now(); await import('${name}'); console.log(performance.now() - t)`
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
        cwd,
      })
      measured.push(Number(stdout))
    }
  }
  return [...times].map(([name, measured]) => ({ package: name, importMs: summarize(measured) }))
}
