/**
 * Bundles the entries of the package in the current folder into `dist`: a few modules load several times faster than
 * one for each source file. Modules that `import()` loads on demand remain separate; with `--one-file`, they are part of
 * the entry and only evaluated on demand. `node ../../scripts/bundle.ts [--one-file] ENTRY…`
 */
import { globSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { embedOpenapiFetch } from './embed-openapi-fetch.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'one-file': { type: 'boolean' } } })

// The names of chunks depend on their content, so those of an earlier build would remain.
for (const file of globSync('dist/*.js')) rmSync(file)
await build({
  entryPoints: positionals,
  bundle: true,
  splitting: !values['one-file'],
  packages: 'external',
  platform: 'neutral',
  format: 'esm',
  target: 'es2024',
  outdir: 'dist',
  chunkNames: '[name]-[hash]',
  plugins: [embedOpenapiFetch],
  logLevel: 'warning',
})
