/**
 * Writes the types of a spec: `node scripts/generate.ts SPEC OUTPUT`, both relative to the package that asks for it.
 * The spec itself is copied into the package's `specs/`, from where it is published.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const [spec, output] = process.argv.slice(2).map((path) => resolve(path))
if (!spec || !output) throw new Error('usage: node scripts/generate.ts SPEC OUTPUT')
const header = `// Generated from specs/${basename(spec)} by \`npm run generate\`. Do not edit: change the spec and generate again.\n\n`
const types = astToString(await openapiTS(pathToFileURL(spec)))
await mkdir(dirname(output), { recursive: true })
await writeFile(output, header + types)
await mkdir('specs', { recursive: true })
await copyFile(spec, resolve('specs', basename(spec)))
