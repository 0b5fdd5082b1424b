/**
 * Reports the size of the package in the current folder in a page or a worker: the given program, bundled with the
 * published files that it imports, minified and compressed. Code that `import()` loads on demand does not count. Fails
 * above the limit. `node ../../scripts/check-size.ts PROGRAM LIMIT`, in bytes.
 */
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const [program = '', limit = ''] = process.argv.slice(2)
const { name, publishConfig } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  name: string
  publishConfig: { exports: { '.': { default: string } } }
}
const { outputFiles, metafile } = await build({
  stdin: { contents: program, resolveDir: process.cwd() },
  bundle: true,
  splitting: true,
  outdir: 'out',
  metafile: true,
  minify: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2024',
  alias: { [name]: resolve(publishConfig.exports['.'].default) },
  logOverride: { 'ignored-bare-import': 'silent' },
  write: false,
})
if (!(Number(limit) > 0)) throw new Error('usage: node scripts/check-size.ts PROGRAM LIMIT')

/** The entry and the chunks that are loaded with it. */
const loaded = new Set([Object.keys(metafile.outputs).find((file) => metafile.outputs[file]?.entryPoint === '<stdin>')])
for (const file of loaded) {
  const imports = metafile.outputs[String(file)]?.imports ?? []
  for (const { path, kind, external } of imports) if (kind === 'import-statement' && !external) loaded.add(path)
}
const names = new Set(Array.from(loaded, (file) => basename(String(file))))
const contents = Buffer.concat(outputFiles.filter(({ path }) => names.has(basename(path))).map((file) => file.contents))
const size = gzipSync(contents, { level: 9 }).length
console.log(
  `${program}\n${size} bytes compressed, ${contents.length} bytes minified, at most ${limit} bytes compressed`,
)
if (contents.length === 0 || size > Number(limit)) process.exitCode = 1
