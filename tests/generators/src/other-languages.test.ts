import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareWalk, readWalk, runStep } from './guide.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-generators-'))

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator({ accessTokenFormat: 'opaque' })
})
afterAll(async () => {
  await provider.close()
  rmSync(folder, { recursive: true })
})

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
const hasPython = runs('java', '-version') && runs('python3', '-c', 'import urllib3, six, dateutil, certifi')
/** The folder in which Perl finds OpenAPI::Client: the installed one, or an unpacked Debian package. */
const perlLibraries = runs('perl', '-MOpenAPI::Client', '-e', '1') ? [] : unpackedPerl()

function unpackedPerl(): string[] | undefined {
  const target = join(folder, 'perl')
  mkdirSync(target)
  const packages = ['libopenapi-client-perl', 'libjson-validator-perl', 'libmojolicious-perl', 'libyaml-libyaml-perl']
  const options = { cwd: target, stdio: 'ignore', timeout: 60_000 } as const
  try {
    execFileSync('apt-get', ['download', ...packages, 'openapi-specification'], options)
    for (const file of readdirSync(target)) execFileSync('dpkg', ['-x', file, '.'], options)
  } catch {
    return undefined
  }
  const compiled = join(target, 'usr/lib')
  const found = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /perl5\/5\.\d+$/.test(path),
  )
  const libraries = [join(target, 'usr/share/perl5'), ...found.map((path) => join(compiled, path))]
  return runs('perl', ...libraries.map((path) => `-I${path}`), '-MOpenAPI::Client', '-e', '1') ? libraries : undefined
}

/** Follows the section of the guide about a generator. */
async function follow(heading: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const walk = readWalk(heading)
  const target = join(folder, walk.call.replaceAll(/\W/g, '-'))
  const [token] = (await provider.issueTokens(1)) as [string]
  prepareWalk(walk, target, token, '3.1')
  for (const command of walk.generate) await runStep(command, target, provider)
  // The caller can see an error inside a 200.
  provider.answerNext({ envelopeError: { statusCode: 403, message: 'no' } })
  expect(await runStep(walk.call, target, provider, environment)).toMatch(/^\{.*"statusCode":403.*\}\n$/)
  expect(await provider.isActive(token)).toBe(true)
  expect(await runStep(walk.call, target, provider, environment)).toBe('\n')
  expect(await provider.isActive(token)).toBe(false)
}

test.runIf(hasPython)('openapi-generator generates a Python client that revokes', { timeout: 120_000 }, async () => {
  await follow('openapi-generator, for Python')
})

test.runIf(perlLibraries)('OpenAPI::Client creates a Perl client that revokes', { timeout: 60_000 }, async () => {
  await follow('OpenAPI::Client, for Perl', { PERL5LIB: perlLibraries?.join(':') })
})
