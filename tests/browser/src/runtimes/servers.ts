import type { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Emulator } from '@backend-logout/emulator'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { type RunningProgram, startProgram } from './start-program.ts'

/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
}

/** A server in a separate process, with the logout endpoint at `/logout`. */
export interface RunningServer extends RunningProgram {
  /** Keeps tokens in a session, and returns its cookie. */
  readonly keep: (tokens: Tokens) => Promise<string>
}

type Start = (provider: Emulator) => Promise<RunningServer>

const examples = fileURLToPath(new URL('../../../../examples/web-frameworks/', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))
const bin = (name: string): string => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url))
const preload = `${here}cookie-sessions.ts`

const node = (program: string): Start => run(process.execPath, ['--import', pathToFileURL(preload).href, program])

/** Every way of mounting the handler in the README. */
export const SERVERS: Readonly<Record<string, Start>> = {
  'node:http': node(`${examples}node-http.ts`),
  'Express 5': node(`${examples}express.ts`),
  'Express 5 with a body parser in front': node(`${here}express-with-parser.ts`),
  Fastify: node(`${examples}fastify.ts`),
  'Hono on Node.js': node(`${examples}hono-on-node.ts`),
  'Deno.serve': run(bin('deno'), [
    'run',
    '--quiet',
    '--no-prompt',
    '--no-remote',
    '--node-modules-dir=manual',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    '--allow-sys',
    '--preload',
    preload,
    `${examples}deno.ts`,
  ]),
  'Bun.serve': run(bin('bun'), ['--preload', preload, `${examples}bun.ts`]),
  workerd: startWorker,
}

/** `node:http` that trusts the headers of a reverse proxy. */
export const startBehindProxy: Start = run(process.execPath, [`${here}behind-proxy.ts`])

/** Runs a program with the settings of an application. */
function run(command: string, args: readonly string[]): Start {
  return async ({ app, appHost }) => {
    const server = await startProgram(command, args, {
      cwd: examples,
      env: { AUTHING_APP_ID: app.appId, AUTHING_APP_SECRET: app.appSecret, AUTHING_APP_HOST: appHost },
    })
    return {
      ...server,
      keep: async (tokens) => `__Host-session=${encodeURIComponent(btoa(JSON.stringify(tokens)))}`,
    }
  }
}

/** The part of D1 that is used: its declarations require packages that it does not install. */
interface Database {
  exec(sql: string): Promise<unknown>
  prepare(sql: string): { bind(...values: string[]): { run(): Promise<unknown> } }
}

async function startWorker({ app, appHost }: Emulator): Promise<RunningServer> {
  const { outputFiles } = await build({
    entryPoints: [`${examples}worker.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['cloudflare:workers'],
    write: false,
  })
  const worker = new Miniflare({
    modules: true,
    // It prints each request that it cannot read.
    handleRuntimeStdio: (...streams: Readable[]) => {
      for (const stream of streams) stream.resume()
    },
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-07-01',
    bindings: { APP_ID: app.appId, APP_SECRET: app.appSecret ?? '', APP_HOST: appHost },
    d1Databases: ['DB'],
  })
  const { origin, port } = await worker.ready
  const store = (await worker.getD1Database('DB')) as unknown as Database
  await store.exec('CREATE TABLE sessions (id TEXT PRIMARY KEY, tokens TEXT NOT NULL)')
  return {
    port: Number(port),
    origin,
    output: () => '',
    // Miniflare keeps the process alive. A request shows whether it responds.
    alive: () => true,
    async keep(tokens) {
      const id = crypto.randomUUID()
      await store.prepare('INSERT INTO sessions VALUES (?, ?)').bind(id, JSON.stringify(tokens)).run()
      return `__Host-session=${id}`
    },
    [Symbol.asyncDispose]: () => worker.dispose(),
  }
}
