/**
 * Says how much of a page or a worker the package in the current folder takes: the program given, bundled with what it
 * imports, minified and compressed. Fails above the limit. `node ../../scripts/check-size.ts PROGRAM LIMIT`, in bytes.
 */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const [program = '', limit = ''] = process.argv.slice(2)
const { outputFiles } = await build({
  stdin: { contents: program, resolveDir: process.cwd() },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2024',
  write: false,
})
const [file] = outputFiles
if (!file || !(Number(limit) > 0)) throw new Error('usage: node scripts/check-size.ts PROGRAM LIMIT')
const size = gzipSync(file.contents, { level: 9 }).length
console.log(
  `${program}\n${size} bytes compressed, ${file.contents.length} bytes minified, at most ${limit} bytes compressed`,
)
if (size > Number(limit)) process.exitCode = 1
