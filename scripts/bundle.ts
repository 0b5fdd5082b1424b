/**
 * Bundles the entries of the package in the current folder into `dist`: a few modules load several times faster than
 * one for each source file. Modules that `import()` loads on demand remain separate.
 *
 * With `--one-file`, for a command of Node.js, they are part of the entry and only evaluated on demand, except those that
 * are entries too. Otherwise, only the declarations that the entries import remain.
 *
 * `node ../../scripts/bundle.ts [--one-file] ENTRY…`
 */
import { globSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, type Plugin } from 'esbuild'
import { embedCommander } from './embed-commander.ts'
import { embedOpenapiFetch } from './embed-openapi-fetch.ts'
import { lightBuiltins } from './light-builtins.ts'
import { pruneDeclarations } from './prune-declarations.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'one-file': { type: 'boolean' } } })

const entries = new Set(positionals.map((entry) => resolve(entry)))
/** Leaves an import of another entry to the file of that entry. */
const separateEntries: Plugin = {
  name: 'separate-entries',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point' || !entries.has(resolve(resolveDir, path))) return undefined
      return { path: path.replace(/\.ts$/, '.js'), external: true }
    })
  },
}

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
  // A library is downloaded by many; names remain, so that stack traces can be read.
  minifyWhitespace: !values['one-file'],
  plugins: values['one-file'] ? [separateEntries, embedCommander, lightBuiltins] : [embedOpenapiFetch],
  logLevel: 'warning',
})
if (!values['one-file']) pruneDeclarations(positionals)
