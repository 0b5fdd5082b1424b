import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../.results/readme/', import.meta.url))
const readme = await readFile(new URL('../../../packages/browser-proxy/README.md', import.meta.url), 'utf8')

/** The examples by the file name in their first line. */
const examples = new Map(
  Array.from(readme.matchAll(/```ts\n\/\/ (\S+\.ts)\n(.*?)```/gs), ([, name = '', code = '']) => [name, code]),
)

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [name, code] of examples) await writeFile(folder + name, code)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('every example in the README has a name, and Express, Hono, Next and Deno are among them', () => {
  expect(examples.size).toBe(readme.match(/```ts\n/g)?.length)
  expect([...examples.keys()]).toEqual(expect.arrayContaining(['express.ts', 'hono.ts', 'route.ts', 'deno.ts']))
})

test('the examples for Node and the page compile', () => {
  const files = [...examples.keys()].filter((name) => name !== 'deno.ts').map((name) => folder + name)
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    // Of others' declarations some do not compile.
    skipLibCheck: true,
    noEmit: true,
  })
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
  expect(faults).toEqual([])
}, 60_000)

test('the example for Deno compiles there', async () => {
  const source = (path: string): string => new URL(`../../../packages/${path}`, import.meta.url).href
  // Outside of the workspace, of which Deno would take too much notice.
  const elsewhere = await mkdtemp(join(tmpdir(), 'backend-logout-readme-'))
  const imports = {
    '@backend-logout/browser-proxy/server': source('browser-proxy/src/server/index.ts'),
    '@backend-logout/core': source('core/src/index.ts'),
    // What the README says about this example.
    '@backend-logout/node': source('deno/src/mod.ts'),
    'openapi-fetch': source('core/node_modules/openapi-fetch/dist/index.d.mts'),
  }
  try {
    await writeFile(join(elsewhere, 'deno.json'), JSON.stringify({ imports }))
    for (const name of ['logout.ts', 'deno.ts']) await writeFile(join(elsewhere, name), examples.get(name) ?? '')
    const deno = fileURLToPath(new URL('../node_modules/.bin/deno', import.meta.url))
    const env = { ...process.env, DENO_NO_PACKAGE_JSON: '1', NO_COLOR: '1' }
    await promisify(execFile)(deno, ['check', '--quiet', '--no-remote', 'deno.ts'], { cwd: elsewhere, env })
  } finally {
    await rm(elsewhere, { recursive: true, force: true })
  }
}, 60_000)
