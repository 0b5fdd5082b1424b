import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Manifest, npmPackages, readJson } from '../../../scripts/release/packages.ts'
import { installed, runIn } from './consumer.ts'
import { node, root } from './program.ts'

// The view of a TypeScript user: the published packages in a separate folder, compiled without skipLibCheck.
const packages = npmPackages(root).map(({ manifest }) => manifest.name)
let folder: string

/** The modules of the packages, as they are imported. */
function modules(name: string): string[] {
  const { exports = {} } = readJson<Manifest>(folder, 'node_modules', name, 'package.json')
  return Object.keys(exports)
    .filter((entry) => !/\.(?:json|yaml)$/.test(entry))
    .map((entry) => name + entry.slice(1))
}

beforeAll(async () => {
  folder = await installed('npm', [...packages, '@types/node@24'])
  await cp(join(import.meta.dirname, 'typescript'), folder, { recursive: true })
  const imports = packages.flatMap(modules).map((name, index) => `export * as module${index} from '${name}'\n`)
  await writeFile(join(folder, 'all-modules.ts'), imports.join(''))
})

/** TypeScript 6 takes four times as long as 7, and reads `node16` as it reads `nodenext`: only `npm run test:long` waits. */
const RESOLUTIONS_6 = process.env.LONG ? ['node16', 'nodenext', 'bundler'] : ['nodenext', 'bundler']

// One run for all settings of a version, because it reads each declaration once.
test.each([
  ['TypeScript 6', 'typescript', RESOLUTIONS_6],
  ['TypeScript 7', 'typescript-native', ['node16', 'nodenext', 'bundler']],
])('a consumer compiles with %s (%s) and moduleResolution %j', async (_name, compiler, resolutions) => {
  const projects = await Promise.all(
    resolutions.map(async (resolution) => {
      const compilerOptions = {
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        target: 'es2022',
        lib: ['es2024', 'dom', 'dom.iterable'],
        types: ['node'],
        strict: true,
        noEmit: true,
      }
      const project = join(folder, `tsconfig.${compiler}.${resolution}.json`)
      await writeFile(project, JSON.stringify({ compilerOptions, files: ['consumer.ts', 'all-modules.ts'] }))
      return project
    }),
  )
  const tsc = [process.execPath, join(root, 'node_modules', compiler, 'bin/tsc')] as const
  expect(await runIn(folder, tsc, ['--build', ...projects]).catch(String)).toBe('')
})

/** The modules that also run in pages and workers. */
const ON_THE_WEB = ['core', 'browser-proxy/client', 'browser-proxy/server', 'receiver', 'revocations']

test.each([['dom'], ['webworker']])('a project with %s and without the types of Node.js compiles', async (platform) => {
  const imports = ON_THE_WEB.map((name, index) => `export * as module${index} from '@backend-logout/${name}'\n`)
  await writeFile(join(folder, 'web-modules.ts'), imports.join(''))
  const lib = ['es2022', platform, `${platform}.iterable`]
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib,
    types: [],
    strict: true,
    noEmit: true,
  }
  const project = join(folder, `tsconfig.${platform}.json`)
  await writeFile(project, JSON.stringify({ compilerOptions, files: ['web-modules.ts'] }))
  const tsc = [process.execPath, join(root, 'node_modules/typescript-native/bin/tsc')] as const
  expect(await runIn(folder, tsc, ['--project', project]).catch(String)).toBe('')
})

test('a CommonJS consumer requires every module', async () => {
  const names = packages.flatMap(modules)
  const script = `console.log(${JSON.stringify(names)}.filter((name) => Object.keys(require(name)).length > 0).join())`
  expect((await runIn(folder, node, ['--input-type=commonjs', '-e', script])).trim()).toBe(names.join())
})
