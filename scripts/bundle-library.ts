/**
 * Bundles the entries of the package in the current folder into `dist`: few modules load several times faster than one
 * for each source file. All that the first entry imports is in two files, its own and `shared`, because each file more
 * delays a first call. Modules that `import()` loads on demand remain separate. Only the declarations that the entries
 * import remain.
 *
 * `node ../../scripts/bundle-library.ts ENTRY…`
 */
import { globSync, rmSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { build, type Plugin } from 'rolldown'
import { embedOpenapiFetch } from './embed-openapi-fetch.ts'
import { pruneDeclarations } from './prune-declarations.ts'

const input = process.argv.slice(2)
/** The modules that the first entry imports, directly or through others. */
const shared = new Set<string>()
const findShared: Plugin = {
  name: 'find-shared',
  buildEnd() {
    const found = new Set([resolve(input[0] ?? '')])
    // A set also iterates over what is added meanwhile.
    for (const id of found) for (const imported of this.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
    for (const id of found) if (id !== resolve(input[0] ?? '')) shared.add(id)
  },
}

// The names of chunks depend on their content, so those of an earlier build would remain.
for (const file of globSync('dist/*.js')) rmSync(file)
await build({
  input,
  external: (id) => !id.startsWith('.') && !isAbsolute(id) && id !== 'openapi-fetch',
  platform: 'neutral',
  transform: { target: 'es2024' },
  plugins: [embedOpenapiFetch, findShared],
  output: {
    dir: 'dist',
    chunkFileNames: '[name]-[hash].js',
    hashCharacters: 'hex',
    codeSplitting: { groups: [{ name: 'shared', test: (id) => shared.has(id) }] },
    comments: { legal: true, annotation: true, jsdoc: false },
    // A library is downloaded by many; names remain, so that stack traces can be read.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
})
pruneDeclarations(input)
