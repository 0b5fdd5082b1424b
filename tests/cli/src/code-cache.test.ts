import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, type StartOptions, start } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 2)
})
afterAll(() => provider[Symbol.asyncDispose]())

const asRoot = process.getuid?.() === 0
const NOBODY = 65_534

/** Options of a run: the working directory, and what the shell does before it. */
type Circumstances = Pick<StartOptions, 'cwd'> & { readonly before?: string }

/** Runs a command to its end, without the variables that turn the cache off or lead it elsewhere. */
function runCached(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { before = ':', ...options }: Circumstances = {},
): Promise<Ended> {
  const names = ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE', 'XDG_CACHE_HOME', 'HOME']
  const shell = `unset ${names.filter((name) => !(name in env)).join(' ')}; ${before}; exec "$@"`
  return start(args, { ...options, shell, env }).ended
}

/** Runs a command that must do its work and print nothing else, whatever the cache. */
async function expectVersion(env: Readonly<Record<string, string>>, circumstances?: Circumstances): Promise<void> {
  const { code, stdout, stderr } = await runCached(['--version'], env, circumstances)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
}

/** A new folder for caches, and in it the one of this program, which does not exist yet. */
function cacheHome(): { readonly home: string; readonly cache: string } {
  const home = folder.fresh()
  mkdirSync(home, { mode: 0o700 })
  return { home, cache: join(home, 'backend-logout') }
}

const filesIn = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' })

test('compiled code is kept in a folder of this user alone, and used from then on', async () => {
  const { home, cache } = cacheHome()
  // Node.js reports on its cache; this is not output of the program.
  const env = { XDG_CACHE_HOME: home, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const accepted = /main\.\w+ was accepted/
  expect((await runCached(['--version'], env)).stderr).not.toMatch(accepted)
  expect(statSync(cache).mode & 0o777).toBe(0o700)
  expect((await runCached(['--version'], env)).stderr).toMatch(accepted)
  await expectVersion({ XDG_CACHE_HOME: home })
})

test.runIf(process.platform === 'linux')('a home gets the folder for caches that it does not have yet', async () => {
  const home = folder.fresh()
  mkdirSync(home)
  await expectVersion({ HOME: home }, { before: 'umask 000' })
  expect(filesIn(join(home, '.cache/backend-logout')).length).toBeGreaterThan(2)
  for (const name of ['.cache', '.cache/backend-logout']) expect(statSync(join(home, name)).mode & 0o777).toBe(0o700)
})

test('the cache holds no token and no setting of the run that wrote it', async () => {
  const { home, cache } = cacheHome()
  const [token = ''] = provider.take(1)
  const key = 'fingerprint-key-that-nobody-can-guess-0123456789'
  const env = { ...provider.env, FINGERPRINT_KEY: key, XDG_CACHE_HOME: home }
  const { code, stderr } = await runCached(['revoke', folder.file(token)], env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const files = filesIn(cache).map((name) => join(cache, name))
  const contents = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file))
  expect(contents.length).toBeGreaterThan(2)
  const secrets = [token, token.slice(0, 40), key, ...Object.values(provider.env)]
  for (const secret of secrets) {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      expect(contents.some((content) => content.includes(Buffer.from(secret, encoding)))).toBe(false)
    }
  }
})

test.each([0o770, 0o720, 0o702, 0o740, 0o777])('a cache with mode %o is neither used nor changed', async (mode) => {
  const { home, cache } = cacheHome()
  mkdirSync(cache)
  chmodSync(cache, mode)
  await expectVersion({ XDG_CACHE_HOME: home })
  expect(filesIn(home)).toEqual(['backend-logout'])
  expect(statSync(cache).mode & 0o777).toBe(mode)
})

test('a cache that others could replace, because of the mode of a parent, is not used', async () => {
  const { home, cache } = cacheHome()
  chmodSync(home, 0o777)
  await expectVersion({ XDG_CACHE_HOME: home })
  expect(filesIn(cache)).toEqual([])
})

test('a symbolic link in place of the cache is not followed', async () => {
  const [{ home, cache }, target] = [cacheHome(), cacheHome().home]
  symlinkSync(target, cache)
  await expectVersion({ XDG_CACHE_HOME: home })
  expect(filesIn(target)).toEqual([])
})

test.runIf(asRoot)('a cache of another user is not used, nor one below a folder of another user', async () => {
  const [own, parent] = [cacheHome(), cacheHome()]
  for (const { cache } of [own, parent]) mkdirSync(cache, { mode: 0o700 })
  chownSync(own.cache, NOBODY, NOBODY)
  chownSync(parent.home, NOBODY, NOBODY)
  for (const { home, cache } of [own, parent]) {
    await expectVersion({ XDG_CACHE_HOME: home })
    expect(filesIn(cache)).toEqual([])
  }
})

test.runIf(asRoot)('root creates nothing in the home of another user', async () => {
  const { home } = cacheHome()
  chownSync(home, NOBODY, NOBODY)
  await expectVersion({ HOME: home })
  expect(filesIn(home)).toEqual([])
})

test('a file in place of the cache is left unchanged', async () => {
  const { home, cache } = cacheHome()
  symlinkSync(folder.file('precious'), cache)
  await expectVersion({ XDG_CACHE_HOME: home })
  await expectVersion({ XDG_CACHE_HOME: cache })
  expect(readFileSync(cache, 'utf8')).toBe('precious')
})

test('without a home that can be written, commands work without a cache', async () => {
  const [missing, full] = [folder.fresh(), cacheHome().home]
  chmodSync(full, 0o500)
  await expectVersion({})
  await expectVersion({ HOME: '' })
  await expectVersion({ HOME: missing })
  await expectVersion({ XDG_CACHE_HOME: join(missing, 'cache') })
  expect(existsSync(missing)).toBe(false)
  // Not even root can create folders there.
  await expectVersion({ XDG_CACHE_HOME: '/proc' })
  await expectVersion({ HOME: full })
})

test('a relative path is not searched for in the working directory', async () => {
  const { home } = cacheHome()
  await expectVersion({ XDG_CACHE_HOME: '.', HOME: '.' }, { cwd: home })
  expect(filesIn(home)).toEqual([])
})

test('a full disk costs only the cache', async () => {
  const { home } = cacheHome()
  // Files may have no content.
  await expectVersion({ XDG_CACHE_HOME: home }, { before: 'ulimit -f 0; trap "" XFSZ' })
})

test('NODE_DISABLE_COMPILE_CACHE turns the cache off, and NODE_COMPILE_CACHE leads it elsewhere', async () => {
  const [{ home }, { home: other }] = [cacheHome(), cacheHome()]
  await expectVersion({ XDG_CACHE_HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })
  await expectVersion({ XDG_CACHE_HOME: home, NODE_COMPILE_CACHE: other })
  expect(filesIn(home)).toEqual([])
  expect(filesIn(other).length).toBeGreaterThan(2)
})
