import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { RunningServer } from './start-server.ts'

/** Runs a worker in workerd, with a D1 database `DB` in which `schema` has been executed. */
export async function startWorker(
  origin: string,
  program: string,
  { bindings, schema }: { readonly bindings: Record<string, string>; readonly schema: string },
): Promise<RunningServer> {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['cloudflare:workers'],
    write: false,
  })
  let output = ''
  const worker = new Miniflare({
    modules: true,
    host: '127.0.0.1',
    port: Number(new URL(origin).port),
    handleRuntimeStdio: (...streams: Readable[]) => {
      for (const stream of streams) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk
        })
      }
    },
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-07-01',
    bindings,
    d1Databases: ['DB'],
  })
  await worker.ready
  // Its declarations require packages that it does not install.
  const database = (await worker.getD1Database('DB')) as unknown as { exec(sql: string): Promise<unknown> }
  await database.exec(schema)
  return { origin, output: () => output, [Symbol.asyncDispose]: () => worker.dispose() }
}
