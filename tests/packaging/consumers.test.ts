import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

// What a TypeScript user gets: the packed packages, installed in a folder of its own, compiled without skipLibCheck.
const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const packages = ['core', 'node']
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-logout-consumer-'))
  await cp(join(here, 'consumer'), folder, { recursive: true })
  for (const name of packages) {
    const cwd = join(here, '../../packages', name)
    await run('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', folder], { cwd })
  }
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const wanted = [...tarballs.map((file) => `./${file}`), '@types/node@24']
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...wanted], { cwd: folder })
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('a TypeScript consumer compiles with module %s and moduleResolution %s', async (module, moduleResolution) => {
  const compilerOptions = { module, moduleResolution, target: 'es2022', lib: ['es2024'], types: ['node'], strict: true, noEmit: true }
  const project = join(folder, `tsconfig.${moduleResolution}.json`)
  await writeFile(project, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  const output = await run('tsc', ['-p', project]).then(
    () => '',
    (error) => String(error.stdout),
  )
  expect(output).toBe('')
}, 60_000)

test('a CommonJS consumer requires the package', async () => {
  const script = "const { createLogoutClient } = require('@backend-logout/node'); console.log(typeof createLogoutClient)"
  const { stdout } = await run('node', ['--input-type=commonjs', '-e', script], { cwd: folder })
  expect(stdout.trim()).toBe('function')
})
