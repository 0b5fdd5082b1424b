/**
 * Bundles the entries of the package in the current folder into `dist`: a few modules load several times faster than one
 * for each source file. What `import()` loads on demand stays apart. `node ../../scripts/bundle.ts ENTRY…`
 */
import { globSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

// Chunks are named by their content, so those of an earlier build would stay behind.
for (const file of globSync('dist/*.js')) rmSync(file)
await build({
  entryPoints: process.argv.slice(2),
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'neutral',
  format: 'esm',
  target: 'es2024',
  outdir: 'dist',
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
})
