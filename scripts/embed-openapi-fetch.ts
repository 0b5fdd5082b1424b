/**
 * Writes the client of openapi-fetch as a source file of the package in the current folder:
 * `node scripts/embed-openapi-fetch.ts OUTPUT [--check]`. With `--check` nothing is written; it fails where the file is
 * not what would be written.
 *
 * The package asks openapi-fetch for a request of its own kind, and sets headers only there. Nevertheless openapi-fetch
 * makes two `Headers` for each call, for which Node.js loads its copy of undici, and looks at `process`, for which Deno
 * loads its modules of Node.js. In a fresh process either takes about as long as all else of the package.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } })
const [output] = positionals.map((path) => resolve(path))
if (!output) throw new Error('usage: node scripts/embed-openapi-fetch.ts OUTPUT [--check]')

const manifest = createRequire(resolve('package.json')).resolve('openapi-fetch/package.json')
const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
const license = await readFile(join(dirname(manifest), 'LICENSE'), 'utf8')
const { outputFiles } = await build({
  stdin: { contents: "export { default } from 'openapi-fetch'", resolveDir: process.cwd() },
  bundle: true,
  write: false,
  platform: 'neutral',
  mainFields: ['module'],
  format: 'esm',
  target: 'es2024',
  // A `Map` has the methods of `Headers` that are called, and neither the form nor its text is a `FormData`.
  define: { Headers: 'Map', FormData: 'Map', process: 'undefined' },
})
const code = outputFiles[0]?.text ?? ''
// Before it, esbuild names the file that it read.
const [, body, name] = /^\/\/ \S+\n(.*)\nexport \{\n {2}(\w+) as default\n\};\n$/s.exec(code) ?? []
if (!name) throw new Error('The end of the bundle is not the one that this script expects.')
const text = `// @ts-nocheck
// The client of openapi-fetch ${version} without what loads parts of a runtime, by \`npm run generate\`. Do not edit.
/*! openapi-fetch ${version}

${license.trim()} */

${body}
const create: (options: object) => object = ${name};
export default create;
`
if (!values.check) await writeFile(output, text)
else if ((await readFile(output, 'utf8').catch(() => '')) !== text) {
  console.error('The copy of openapi-fetch is not that of its installed version. Run `npm run generate` and commit it.')
  process.exitCode = 1
}
