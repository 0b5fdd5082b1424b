import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type RunningProgram, startProgram } from '@backend-logout/tests-browser/start-program'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { Places } from './programs/servers/back-channel.ts'

type Start = (places: Places) => Promise<RunningProgram>

const folder = join(import.meta.dirname, 'programs/servers')
const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name)

const node =
  (name: string, ...args: string[]): Start =>
  (places) =>
    startProgram(process.execPath, [join(folder, `${name}.ts`), ...args], { cwd: folder, env: { ...places } })

/** Runs a bundle, for runtimes that find packages in other ways. */
const bundled =
  (command: string, args: readonly string[], name: string): Start =>
  async (places) => {
    const home = await mkdtemp(join(tmpdir(), 'backend-logout-receiver-'))
    const program = join(home, 'program.mjs')
    await bundle(name, program)
    const server = await startProgram(command, [...args, program], { cwd: home, env: { ...places } })
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await rm(home, { recursive: true })
      },
    }
  }

async function bundle(name: string, outfile?: string): Promise<string> {
  const { outputFiles = [] } = await build({
    entryPoints: [join(folder, `${name}.ts`)],
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    external: ['cloudflare:workers'],
    ...(outfile ? { outfile } : { write: false }),
  })
  return outputFiles[0]?.text ?? ''
}

/** Runs a worker in workerd. */
export async function startWorker(name: string, places: Places): Promise<RunningProgram> {
  const worker = new Miniflare({
    modules: true,
    // It prints each request that it cannot read.
    handleRuntimeStdio: (...streams: Readable[]) => {
      for (const stream of streams) stream.resume()
    },
    script: await bundle(name),
    compatibilityDate: '2026-07-01',
    cf: false,
    bindings: { ...places },
  })
  const { origin, port } = await worker.ready
  return {
    port: Number(port),
    origin,
    output: () => '',
    // Miniflare keeps the process alive. A request shows whether it responds.
    alive: () => true,
    [Symbol.asyncDispose]: () => worker.dispose(),
  }
}

/** Every way to mount the handler, each in a separate process. */
export const RECEIVERS: Readonly<Record<string, Start>> = {
  'node:http': node('node-http'),
  'Express 5': node('express'),
  'Express 5 with a body parser in front': node('express', '--with-parser'),
  Fastify: node('fastify'),
  'Hono on Node.js': node('hono'),
  'Deno.serve': bundled(
    bin('deno'),
    ['run', '--quiet', '--no-config', '--no-remote', '--allow-net', '--allow-env'],
    'deno',
  ),
  'Bun.serve': bundled(bin('bun'), ['run'], 'bun'),
  workerd: (places) => startWorker('worker', places),
}
