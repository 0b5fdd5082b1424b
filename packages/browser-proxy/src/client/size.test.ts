import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('the client module is at most 1.5 KiB, minified and gzipped, and has no dependencies', async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
  })
  expect(Object.keys(metafile.inputs).map((path) => path.replace(/^.*src\//, ''))).toEqual([
    'client/proxy-error.ts',
    'client/create-logout.ts',
    'client/index.ts',
  ])
  const [bundle] = outputFiles
  expect(gzipSync(bundle?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(1_536)
})
