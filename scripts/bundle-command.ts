/**
 * Bundles a command of Node.js in the current folder into `dist`: one file loads several times faster than one for each
 * source file. Modules that `import()` loads on demand are part of it and only evaluated on demand, except those that are
 * entries too.
 *
 * `node ../../scripts/bundle-command.ts ENTRY…`
 */
import { globSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { embedCommander } from './embed-commander.ts'
import { lightBuiltins } from './light-builtins.ts'

const entryPoints = process.argv.slice(2)
const entries = new Set(entryPoints.map((entry) => resolve(entry)))
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

for (const file of globSync('dist/*.js')) rmSync(file)
await build({
  entryPoints,
  bundle: true,
  packages: 'external',
  platform: 'neutral',
  format: 'esm',
  target: 'es2024',
  outdir: 'dist',
  plugins: [separateEntries, embedCommander, lightBuiltins],
  logLevel: 'warning',
})
