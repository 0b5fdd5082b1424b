import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 30)
})
afterAll(() => provider[Symbol.asyncDispose]())

const modeOf = (path: string): number => statSync(path).mode & 0o777

test.each(['000', '022', '777'])('only the owner can read files written with umask %s', async (umask) => {
  const [journal, output, key, tokens] = [folder.fresh(), folder.fresh(), folder.fresh(), folder.fresh()]
  const shell = `umask ${umask}; exec "$@"`
  const input = provider.take(1)[0] ?? ''
  const revoked = await start(['revoke', '-j', journal, '-o', output], { env: provider.env, input, shell }).ended
  expect(revoked).toMatchObject({ code: 0, stderr: '' })
  expect(await start(['outbox', 'key', '--output', key], { shell }).ended).toMatchObject({ code: 0, stdout: '' })
  const emulator = start(['emulator', '--issue-tokens', '1', '--tokens-file', tokens], { shell })
  await emulator.seen(/Ctrl-C stops it/)
  emulator.child.kill('SIGINT')
  await emulator.ended
  for (const file of [journal, `${journal}.key`, output, key, tokens]) {
    expect(modeOf(file)).toBe(0o600)
    // A second user, if this one may become that user.
    if (process.getuid?.() !== 0) continue
    chmodSync(folder.path, 0o711)
    expect(() => execFileSync('cat', [file], { uid: 65_534, gid: 65_534, stdio: 'pipe' })).toThrow(/Permission denied/)
  }
})

test('an output and a journal that others could read become private', async () => {
  const [journal, output] = [folder.fresh(), folder.fresh()]
  const args = ['revoke', folder.file(provider.take(2).join('\n')), '-j', journal, '-o', output]
  await run(args, { env: provider.env })
  for (const file of [journal, `${journal}.key`, output]) chmodSync(file, 0o644)
  expect(await run(args, { env: provider.env })).toMatchObject({ code: 0 })
  for (const file of [journal, `${journal}.key`, output]) expect(modeOf(file)).toBe(0o600)
})

test.each([
  ['the output', '-o'],
  ['the journal', '-j'],
  ['the key of the journal', '-j'],
])('a planted link for %s is not followed', async (what, option) => {
  const target = folder.file('precious\n')
  const file = folder.fresh()
  symlinkSync(target, what === 'the key of the journal' ? `${file}.key` : file)
  const [token] = provider.take(1) as [string]
  const { code, stderr } = await run(['revoke', option, file], { env: provider.env, input: token })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('symbolic link') })
  expect(readFileSync(target, 'utf8')).toBe('precious\n')
  expect(provider.revocations.has(token)).toBe(false)
})

test('neither a key nor tokens are written over an existing file, or through a link', async () => {
  const link = folder.fresh()
  symlinkSync(folder.fresh(), link)
  for (const file of [folder.file('precious'), link]) {
    expect((await run(['outbox', 'key', '-o', file])).code).toBe(2)
    expect((await run(['emulator', '--issue-tokens', '1', '--tokens-file', file])).code).toBe(2)
  }
  expect(readdirSync(folder.path).map((name) => join(folder.path, name))).toContain(link)
  expect(() => statSync(link)).toThrow()
})

test('a secret or a key that others can read is used, with a warning and a remedy', async () => {
  const { AUTHING_APP_SECRET: secret = '', ...env } = provider.env
  const file = folder.file(secret)
  const input = provider.take(1)[0] ?? ''
  expect(await run(['introspect', '--secret-file', file], { env, input })).toMatchObject({ code: 0, stderr: '' })
  chmodSync(file, 0o644)
  const warning = `backend-logout: Every user of this machine can read ${file}: chmod go= ${file}\n`
  expect(await run(['introspect', '--secret-file', file], { env, input })).toMatchObject({ code: 0, stderr: warning })
  const named = { ...env, AUTHING_APP_SECRET_FILE: file }
  expect(await run(['introspect'], { env: named, input })).toMatchObject({ code: 0, stderr: warning })

  const keys = folder.fresh()
  writeFileSync(keys, (await run(['outbox', 'key'])).stdout)
  chmodSync(keys, 0o604)
  const { stderr } = await run(['outbox', 'add', '--keys-file', keys], { env: { OUTBOX_STORE: '' } })
  expect(stderr).not.toContain(keys)
  const stored = await run(['outbox', 'stats', '--keys-file', keys], {
    env: { OUTBOX_STORE: 'postgres://127.0.0.1:1/x' },
  })
  expect(stored.stderr).toContain(`Every user of this machine can read ${keys}: chmod go= ${keys}\n`)
})

test('a secret from a pipe of the shell causes no warning', async () => {
  const { AUTHING_APP_SECRET: secret = '', ...env } = provider.env
  const input = provider.take(1)[0] ?? ''
  const args = ['introspect', '--secret-file', '/dev/fd/3']
  const ended = await start(args, { env, input, shell: `"$@" 3<<END\n${secret}\nEND` }).ended
  expect(ended).toMatchObject({ code: 0, stderr: '' })
})

test('an endless secret file is not read forever', async () => {
  const { AUTHING_APP_SECRET: _, ...env } = provider.env
  for (const option of ['--secret-file', '--ca-file']) {
    const ended = await run(['introspect', option, '/dev/zero'], { env, input: 'token-1' })
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('has more than 1048576 bytes') })
  }
})
