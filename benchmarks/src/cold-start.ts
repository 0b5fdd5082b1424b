import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RuntimeName } from './contestants.ts'
import { DENO } from './packed.ts'
import { runtimeCommand } from './runtimes.ts'
import { startServer } from './start-server.ts'
import { type Summary, summarize } from './statistics.ts'

/** The time from the start of a process until its first revocation is answered. */
export interface ColdStart {
  readonly program: string
  readonly runtime: RuntimeName
  readonly ms: Summary
  /** The median relative to that of openid-client in the same runtime. */
  readonly toOpenidClient: number
}

/** A program, and the folder from which it imports its packages. */
interface Program {
  readonly runtime: RuntimeName
  readonly folder: string
  readonly args: readonly string[]
}

/** The command that runs a program, in each runtime. */
const EVALUATE: Readonly<Record<RuntimeName, readonly string[]>> = {
  'Node.js': ['--input-type=module', '--eval'],
  Deno: ['eval', '--quiet', '--node-modules-dir=manual'],
  Bun: ['--eval'],
}

/**
 * Starts each program in turns, and waits until it reports that its token is revoked.
 *
 * @param packed The folder of our packages as they are published.
 */
export async function measureColdStarts(rounds: number, packed: string): Promise<ColdStart[]> {
  const server = await startServer({ delayMs: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-cold-'))
  try {
    const tokens = join(folder, 'tokens')
    await writeFile(tokens, 'token-1\n')
    const programs = programsFor(server.url, packed, tokens)
    const times = new Map<string, number[]>(Object.keys(programs).map((name) => [name, []]))
    // The first round fills the caches of the system, of Deno and of the command line.
    for (let round = -1; round < rounds; round++) {
      for (const [name, program] of Object.entries(programs)) {
        const elapsed = await start(program, server.url, folder)
        if (round >= 0) times.get(name)?.push(elapsed)
      }
    }
    const peers = new Map<RuntimeName, Summary>()
    for (const [name, { runtime }] of Object.entries(programs)) {
      if (name.startsWith('openid-client')) peers.set(runtime, summarize(times.get(name) ?? []))
    }
    return Object.entries(programs).map(([program, { runtime }]) => {
      const ms = summarize(times.get(program) ?? [])
      return { program, runtime, ms, toOpenidClient: ms.median / (peers.get(runtime)?.median ?? Number.NaN) }
    })
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function programsFor(url: string, packed: string, tokens: string): Readonly<Record<string, Program>> {
  const here = import.meta.dirname
  const ours = (name: string): string => `
    import { createLogoutClient } from '${name}'
    const client = createLogoutClient({ appId: 'app', appSecret: 'the-secret', appHost: '${url}' })
    console.log(await client.revokeToken('token-1'))`
  const openidClient = `
    import * as oidc from 'openid-client'
    const server = { issuer: '${url}', revocation_endpoint: '${url}/oidc/token/revocation' }
    const configuration = new oidc.Configuration(server, 'app', 'the-secret')
    oidc.allowInsecureRequests(configuration)
    await oidc.tokenRevocation(configuration, 'token-1')
    console.log(true)`
  const program = (runtime: RuntimeName, folder: string, code: string): Program => {
    return { runtime, folder, args: [...EVALUATE[runtime], code] }
  }
  const commandLine = join(packed, 'node_modules/@backend-logout/cli/dist/bin.js')
  return {
    '@backend-logout/node': program('Node.js', packed, ours('@backend-logout/node')),
    '@backend-logout/core': program('Node.js', packed, ours('@backend-logout/core')),
    'backend-logout revoke': { runtime: 'Node.js', folder: packed, args: [commandLine, 'revoke', tokens] },
    'openid-client': program('Node.js', here, openidClient),
    '@backend-logout/deno': program('Deno', packed, ours(DENO)),
    'openid-client in Deno': program('Deno', here, openidClient),
    '@backend-logout/core in Bun': program('Bun', packed, ours('@backend-logout/core')),
    'openid-client in Bun': program('Bun', here, openidClient),
  }
}

/**
 * Starts a program, and returns the milliseconds until its first output; none of the programs prints anything earlier.
 *
 * @param caches The folder for the cache of the command line.
 */
async function start({ runtime, folder, args }: Program, url: string, caches: string): Promise<number> {
  const env = {
    ...process.env,
    XDG_CACHE_HOME: caches,
    AUTHING_APP_ID: 'app',
    AUTHING_APP_SECRET: 'the-secret',
    AUTHING_APP_HOST: url,
  }
  const startedAt = performance.now()
  const child = spawn(runtimeCommand(runtime).execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  const closed = once(child, 'close')
  const [output] = (await Promise.race([once(child.stdout, 'data'), closed])) as [Buffer | number]
  const elapsed = performance.now() - startedAt
  const [code] = await closed
  if (code !== 0 || !/^(?:true|1 token revoked)/.test(String(output))) {
    throw new Error(`A program in ${runtime} did not revoke its token: ${complaint || output}`)
  }
  return elapsed
}
