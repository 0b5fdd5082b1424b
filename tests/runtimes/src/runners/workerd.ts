import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

// One file, like the one that `wrangler deploy` creates.
const { outputFiles } = await build({
  entryPoints: [new URL('worker.ts', import.meta.url).pathname],
  bundle: true,
  write: false,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
})
const worker = new Miniflare({
  modules: true,
  script: outputFiles[0]?.text ?? '',
  compatibilityDate: '2026-07-01',
  cf: false,
})
const { failed } = (await (await worker.dispatchFetch('http://worker/')).json()) as { failed: number }
await worker.dispose()
process.exitCode = failed > 0 ? 1 : 0
