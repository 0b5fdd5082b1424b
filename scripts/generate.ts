/**
 * Writes the types of a spec: `node scripts/generate.ts SPEC OUTPUT [--check]`, paths relative to the package that
 * asks. The spec is also copied into the package's `specs/`, from which it is published, along with an edition in
 * OpenAPI 3.0. With `--check`, it writes nothing, and fails if a file differs.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import openapiTS, { astToString } from 'openapi-typescript'
import { toOpenApi30 } from './openapi-30.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } })
const [spec, output] = positionals.map((path) => resolve(path))
if (!spec || !output) throw new Error('usage: node scripts/generate.ts SPEC OUTPUT [--check]')

const header = `// Generated from specs/${basename(spec)} by \`npm run generate\`. Do not edit: change the spec and generate again.\n\n`
// Packages publish the types that they name, not these; without the tag, documentation tools require them as well.
const types = astToString(await openapiTS(pathToFileURL(spec))).replace(
  /^export (?:interface|type) /gm,
  '/** @internal */\n$&',
)
const text = await readFile(spec, 'utf8')
const files = new Map([
  [output, header + types],
  [resolve('specs', basename(spec)), text],
  [resolve('specs', basename(spec).replace('.openapi.', '.openapi-3.0.')), toOpenApi30(text, basename(spec))],
])
for (const [path, content] of files) {
  if (!values.check) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== content) {
    const name = relative(resolve('../..'), path)
    console.error(`${name} does not match specs/${basename(spec)}. Run \`npm run generate\` and commit the result.`)
    process.exitCode = 1
  }
}
