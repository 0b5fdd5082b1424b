import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { allBlocks } from './code-block.ts'
import { isForDeno, writePrograms } from './program.ts'
import { root } from './repository.ts'

const run = promisify(execFile)
const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name)
// Inside the package, so that a program finds the packages as a user's does.
const folder = join(import.meta.dirname, '../.results/code')

/** Languages of blocks that are not compiled, with the reason. */
const NOT_CHECKED: Readonly<Record<string, string>> = {
  perl: 'a program that tests/generators runs',
  python: 'a program that tests/generators runs',
  svelte: 'pages of SvelteKit, which tests/frameworks builds',
  text: 'output of programs, and forms as sent over the wire',
}

/** Marks of blocks that do not compile here, with the pages that may have them and the test that covers them. */
const NOT_COMPILED: Readonly<Record<string, { readonly page: string; readonly triedBy: string }>> = {
  'express-example': {
    page: 'docs/guides/express.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it starts',
  },
  'fastify-example': {
    page: 'docs/guides/fastify.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it starts',
  },
  'hono-example': {
    page: 'docs/guides/hono.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it starts',
  },
  'next-example': {
    page: 'docs/guides/next.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it builds and starts',
  },
  'react-router-example': {
    page: 'docs/guides/react-router.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it builds and starts',
  },
  'sveltekit-example': {
    page: 'docs/guides/sveltekit.md',
    triedBy: 'tests/frameworks, which compares them with the files of the example that it builds and starts',
  },
  'with-generated-code': {
    page: 'docs/guides/regenerating-clients.md',
    triedBy: 'tests/packaging and tests/generators, which generate the code and run the whole page',
  },
}

const blocks = allBlocks()
const script = blocks.filter(({ language, marks }) => language === 'ts' && !marks.some((mark) => mark in NOT_COMPILED))
const programs = writePrograms(
  script.filter((block) => !isForDeno(block)),
  folder,
)
const runnable = programs.filter(({ blocks }) => blocks[0]?.marks.includes('run'))

test('every block of code names its language, and each language is checked', () => {
  const known = ['ts', 'sh', 'json', 'yaml', ...Object.keys(NOT_CHECKED)]
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ at }) => at)).toEqual([])
  expect(script.length).toBeGreaterThan(50)
})

test('the README of browser-proxy names the files of its examples, for each framework that it mentions', () => {
  const examples = script.filter(({ file }) => file === 'packages/browser-proxy/README.md')
  const names = examples.map(({ code }) => /^\/\/ (\S+\.ts)\n/.exec(code)?.[1])
  expect(names).not.toContain(undefined)
  expect(names).toEqual(expect.arrayContaining(['express.ts', 'hono.ts', 'route.ts', 'deno.ts']))
})

test('every block that does not compile here is on a page with its own test', () => {
  for (const { at, file, marks } of blocks) {
    for (const mark of marks.filter((mark) => mark !== 'run')) expect(NOT_COMPILED[mark]?.page, at).toBe(file)
  }
})

test('the TypeScript in guides, READMEs and documentation comments compiles', async () => {
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    // Some third-party declarations do not compile.
    skipLibCheck: true,
    noEmit: true,
  }
  const project = join(folder, 'tsconfig.json')
  await writeFile(project, JSON.stringify({ compilerOptions, files: programs.map(({ path }) => path) }))
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: folder }).catch(
    ({ stdout, message }: Error & { readonly stdout: string }) => ({ stdout: stdout || message }),
  )
  const faults = programs.reduce((text, { path, blocks }) => {
    return text.replaceAll(relative(folder, path), blocks[0]?.at ?? path)
  }, stdout)
  expect(faults).toBe('')
})

test('the TypeScript for Deno compiles in Deno', async () => {
  const pages = new Set(script.filter(isForDeno).map(({ file }) => file))
  expect(pages.size).toBeGreaterThan(1)
  const source = (path: string): string => pathToFileURL(join(root, 'packages', path)).href
  const imports = {
    '@backend-logout/browser-proxy/server': source('browser-proxy/src/server/index.ts'),
    '@backend-logout/core': source('core/src/index.ts'),
    '@backend-logout/deno': './deno/mod.ts',
    'jsr:@backend-logout/deno': './deno/mod.ts',
    // The statements of the page about its examples.
    '@backend-logout/node': './deno/mod.ts',
    'npm:@backend-logout/emulator': './emulator/index.d.ts',
    jose: './jose/index.d.ts',
    'jose/jwt/sign': './jose/jwt/sign.d.ts',
    'jose/key/import': './jose/key/import.d.ts',
    'openapi-fetch': source('core/node_modules/openapi-fetch/dist/index.d.mts'),
  }
  // Outside the workspace, because Deno would read the workspace's configuration.
  const elsewhere = await mkdtemp(join(tmpdir(), 'backend-logout-docs-'))
  try {
    await writeFile(join(elsewhere, 'deno.json'), JSON.stringify({ imports }))
    // Copied, because next to its configuration Deno would take core from npm.
    await cp(join(root, 'packages/deno/src'), join(elsewhere, 'deno'), { recursive: true })
    await copyDeclarations(join(root, 'packages/emulator/dist'), join(elsewhere, 'emulator'))
    await copyDeclarations(join(root, 'packages/core/node_modules/jose/dist/types'), join(elsewhere, 'jose'))
    // With the other blocks of these pages, because one may import another.
    const files = writePrograms(
      script.filter(({ file }) => pages.has(file)),
      join(elsewhere, 'code'),
    )
      .filter(({ blocks }) => blocks.some(isForDeno))
      .map(({ path }) => path)
    const env = { ...process.env, DENO_NO_PACKAGE_JSON: '1', NO_COLOR: '1' }
    await run(bin('deno'), ['check', '--quiet', '--no-remote', ...files], { cwd: elsewhere, env })
  } finally {
    await rm(elsewhere, { recursive: true, force: true })
  }
})

/** Copies declarations to where Deno finds them: from npm, it knows that `x.ts` is `x.d.ts`. */
async function copyDeclarations(from: string, to: string): Promise<void> {
  for (const name of (await readdir(from, { recursive: true })).filter((name) => name.endsWith('.d.ts'))) {
    const text = await readFile(join(from, name), 'utf8')
    await mkdir(dirname(join(to, name)), { recursive: true })
    await writeFile(join(to, name), text.replaceAll(/(?<=from '\.{1,2}\/[\w/.-]+)(?<!\.d)\.[jt]s(?=')/g, '.d.ts'))
  }
}

test.each(runnable.map(({ path, blocks }) => [blocks[0]?.at, path]))('%s runs', async (_at, path = '') => {
  await run(process.execPath, [path], { timeout: 30_000 })
})

test('there are programs to run', () => expect(runnable.length).toBeGreaterThanOrEqual(6))

test.each(blocks.filter(({ language }) => language === 'json'))('the JSON at $at is valid', ({ code }) => {
  expect(() => JSON.parse(code)).not.toThrow()
})

test.each(blocks.filter(({ language }) => language === 'yaml'))('the YAML at $at is valid', ({ code }) => {
  expect(() => parse(code, { strict: true })).not.toThrow()
})

test('the commands are valid, and those of this repository exist', async () => {
  const commands = blocks.filter(({ language }) => language === 'sh')
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const { at, code } of commands) {
    await expect(run('bash', ['-n', '-c', code]), at).resolves.toBeDefined()
    for (const [, name = ''] of code.matchAll(/^npm run ([\w:-]+)/gm)) expect(scripts, at).toHaveProperty([name])
  }
})

test('the options of backend-logout in the commands exist', async () => {
  const cli = join(root, 'packages/cli/src/bin.ts')
  const uses = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ at, code }) =>
      Array.from(
        code.matchAll(
          /(?:npx @backend-logout\/cli|(?:^|\| |npx )backend-logout) ((?:outbox |report )?[a-z][\w-]*)([^|#\n]*)/gm,
        ),
        (match) => ({
          at,
          command: match[1] ?? '',
          options: match[2]?.match(/(?<=\s)--[\w-]+/g) ?? [],
        }),
      ),
    )
  expect(uses.length).toBeGreaterThan(0)
  const help = new Map<string, string>()
  for (const command of new Set(uses.map(({ command }) => command))) {
    help.set(command, (await run(process.execPath, [cli, ...command.split(' '), '--help'])).stdout)
  }
  for (const { at, command, options } of uses) {
    expect(help.get(command), at).toContain(`backend-logout ${command}`)
    for (const option of options) expect(help.get(command), at).toContain(option)
  }
})
