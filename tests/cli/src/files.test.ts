import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 2_000)
})
afterAll(() => provider[Symbol.asyncDispose]())

test('a finished run does nothing when it is started again', async () => {
  const tokens = provider.take(20)
  const args = ['revoke', folder.file(tokens.join('\n')), '-j', folder.fresh(), '--json']
  await run(args, { env: provider.env })
  const { code, stdout, stderr } = await run(args, { env: provider.env })
  expect(code).toBe(0)
  expect(stderr).toContain('resuming from')
  expect(JSON.parse(stdout)).toMatchObject({ revoked: 0, skipped: 20, complete: true })
  expect(tokens.every((token) => provider.revocations.get(token) === 1)).toBe(true)
})

test('an input that has grown at its end continues with the same journal', async () => {
  const [first, second] = [provider.take(10), provider.take(10)]
  const input = folder.file(first.join('\n'))
  const args = ['revoke', input, '-j', folder.fresh(), '--json']
  await run(args, { env: provider.env })
  appendFileSync(input, `\n${second.join('\n')}\n`)
  expect(JSON.parse((await run(args, { env: provider.env })).stdout)).toMatchObject({ skipped: 10, revoked: 10 })
})

test('the journal of another input is refused, and nothing is sent', async () => {
  const [mine, other] = [provider.take(10), provider.take(10)]
  const journal = folder.fresh()
  await run(['revoke', '-j', journal], { env: provider.env, input: mine.join('\n') })
  const before = readFileSync(journal, 'utf8')
  const { code, stderr } = await run(['revoke', '-j', journal], { env: provider.env, input: other.join('\n') })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('belongs to another input') })
  expect(other.some((token) => provider.revocations.has(token))).toBe(false)
  // It still serves its original input.
  expect(readFileSync(journal, 'utf8').startsWith(before)).toBe(true)
  const again = await run(['revoke', '-j', journal, '--json'], { env: provider.env, input: mine.join('\n') })
  expect(JSON.parse(again.stdout)).toMatchObject({ skipped: 10, complete: true })
})

test('the next run retries a token that failed, and the output has both attempts', async () => {
  const tokens = provider.take(10)
  const [input, journal, output] = [folder.file(tokens.join('\n')), folder.fresh(), folder.fresh()]
  const args = ['revoke', input, '-j', journal, '-o', output]
  provider.intercept = (token, response) => {
    if (token !== tokens[3]) return false
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}')
    return true
  }
  const first = await run(args, { env: provider.env })
  expect(first).toMatchObject({ code: 1, stdout: expect.stringContaining('Run the same command again to retry') })
  expect(first.stderr).toMatch(/line 4: sha256:.{16} is not revoked\. POST .*answered 400 invalid_request/)
  provider.intercept = () => false
  expect((await run(args, { env: provider.env })).code).toBe(0)
  const fates = folder.ndjson(output)
  expect(fates).toHaveLength(11)
  expect(fates.filter(({ line }) => line === 4).map(({ revoked }) => revoked)).toEqual([false, true])
})

test('a file of tokens given as the journal is refused and not changed', async () => {
  const tokens = folder.file(`${provider.take(3).join('\n')}\n`)
  const before = readFileSync(tokens, 'utf8')
  const { code, stderr } = await run(['revoke', '-j', tokens], { env: provider.env, input: provider.take(1)[0] ?? '' })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cannot be used as the journal') })
  expect(readFileSync(tokens, 'utf8')).toBe(before)
})

test.each([
  ['the output is the input', (file: string, _other: string) => ['revoke', file, '-o', file]],
  ['the journal is the input', (file: string, _other: string) => ['revoke', file, '-j', file]],
  ['the output is the journal', (file: string, other: string) => ['revoke', file, '-o', other, '-j', other]],
])('it is detected when %s', async (_what, args) => {
  const input = folder.file(`${provider.take(1)[0]}\n`)
  const before = readFileSync(input, 'utf8')
  const { code, stderr } = await run(args(input, folder.fresh()), { env: provider.env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('must not be the same file') })
  expect(readFileSync(input, 'utf8')).toBe(before)
})

test.each<[string, (file: string) => { args?: string[]; env?: Record<string, string> }]>([
  ['--secret-file', (file) => ({ args: ['--secret-file', file] })],
  ['--ca-file', (file) => ({ args: ['--ca-file', file] })],
  ['--cert-file', (file) => ({ args: ['--cert-file', file, '--key-file', file] })],
  ['AUTHING_APP_SECRET_FILE', (file) => ({ env: { AUTHING_APP_SECRET_FILE: file } })],
  ['AUTHING_APP_CA_FILE', (file) => ({ env: { AUTHING_APP_CA_FILE: ` ${file}` } })],
  ['FINGERPRINT_KEY_FILE', (file) => ({ env: { FINGERPRINT_KEY_FILE: file } })],
  ['OUTBOX_KEYS_FILE', (file) => ({ env: { OUTBOX_KEYS_FILE: file } })],
])('the file of %s is never an output', async (name, uses) => {
  const file = folder.file('a secret of the application')
  const { args = [], env = {} } = uses(file)
  const options = { env: { ...provider.env, ...env }, input: provider.take(1)[0] ?? '' }
  for (const command of ['revoke', 'introspect']) {
    const { code, stderr } = await run([command, '-o', file, ...args], options)
    const said = `must not be the same file as the file of ${name}.`
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) })
  }
  expect(readFileSync(file, 'utf8')).toBe('a secret of the application')
})

test('a variable of another program may name the output', async () => {
  const file = folder.fresh()
  const options = { env: { ...provider.env, OUTPUT_FILE: file }, input: provider.take(1)[0] ?? '' }
  expect(await run(['revoke', '-o', file], options)).toMatchObject({ code: 0 })
})

test.each(['-o', '-j', '--report'])('%s with an empty name is refused before anything is sent', async (option) => {
  const [token] = provider.take(1) as [string]
  expect(await run(['revoke', option, ''], { env: provider.env, input: token })).toMatchObject({ code: 2 })
  expect(provider.revocations.has(token)).toBe(false)
})

test('a working directory that is deleted is reported', async () => {
  const cwd = folder.fresh()
  mkdirSync(cwd)
  const { code, stderr } = await start(['revoke', '-', '-o', 'output'], {
    env: provider.env,
    cwd,
    input: provider.take(1)[0] ?? '',
    shell: 'rmdir "$PWD"; exec "$@"',
  }).ended
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('The working directory cannot be used') })
})

test.each([
  ['-j', 'no/such/folder/journal', /The journal cannot be used: the file or folder does not exist/],
  ['-o', 'no/such/folder/output', /The output cannot be used: the file or folder does not exist/],
  ['-j', '.', /this is a folder/],
  ['-o', '.', /this is a folder/],
  ['-j', '/dev/full', /not a regular file/],
  ['-j', '/proc/version', /not a regular file|permission denied|cannot be used/],
])('%s %s is refused before anything is sent', async (option, path, message) => {
  const [token] = provider.take(1) as [string]
  const { code, stderr } = await run(['revoke', option, path], { env: provider.env, input: token })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  expect(provider.revocations.has(token)).toBe(false)
})

test.each([
  ['-o', ['revoke', '-'], /^backend-logout: The output cannot be used: the name is invalid\.$/],
  ['-j', ['revoke', '-'], /^backend-logout: The journal cannot be used: the name is invalid\.$/],
  ['--report', ['revoke', '-'], /^backend-logout: The report cannot be used: the name is invalid\.$/],
  ['-o', ['introspect', '-'], /^backend-logout: The output cannot be used: the name is invalid\.$/],
  ['-o', ['outbox', 'key'], /^backend-logout: The file of --output cannot be used: the name is invalid\.$/],
  ['--tokens-file', ['emulator', '--issue-tokens', '1'], /^backend-logout: The file of --tokens-file cannot be used/],
])('a path for %s of %s that the system refuses is wrong usage, not a defect', async (option, command, message) => {
  const [token] = provider.take(1) as [string]
  const path = folder.fresh().padEnd(4_000, 'x')
  const { code, stderr } = await run([...command, option, path], { env: provider.env, input: token })
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  expect(provider.revocations.has(token)).toBe(false)
})

test('a full disk stops the run cleanly, loses nothing, and the next run continues', async () => {
  const tokens = provider.take(500)
  const [input, journal, output] = [folder.file(tokens.join('\n')), folder.fresh(), folder.fresh()]
  const args = ['revoke', input, '-j', journal, '-o', output, '-c', '4']
  // The system does not let a file grow beyond 8 KiB, as when the disk is full.
  const first = await start(args, { env: provider.env, shell: 'ulimit -f 16; exec "$@"' }).ended
  expect(first.code).toBe(4)
  expect(first.stderr).toMatch(/The (output|journal) cannot be written: .* Stopping/)
  expect(first.stdout).toContain('The end of the input was not reached.')
  const before = tokens.filter((token) => provider.revocations.has(token)).length
  expect(before).toBeGreaterThan(10)
  expect(before).toBeLessThan(500)
  for (const file of [journal, output]) expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true)

  const second = await run(args, { env: provider.env })
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('confirmed by an earlier run') })
  const fates = folder.ndjson(output)
  expect(fates.map(({ token }) => token).sort()).toEqual(tokens.map(fingerprint).sort())
  const twice = [...provider.revocations].filter(([token, count]) => tokens.includes(token) && count > 1)
  expect(twice.length).toBeLessThanOrEqual(8)
})

test('a full output device also stops the run', async () => {
  const { code, stderr } = await run(['revoke', '-o', '/dev/full'], {
    env: provider.env,
    input: provider.take(1)[0] ?? '',
  })
  expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('the disk is full') })
})

test('of two runs with one journal, the second one is refused, and the first one is not disturbed', async () => {
  const [journal, output] = [folder.fresh(), folder.fresh()]
  const tokens = provider.take(100)
  provider.intercept = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return false
  }
  const input = folder.file(tokens.join('\n'))
  const args = ['revoke', input, '-j', journal, '-o', output]
  const first = start([...args, '-c', '1'], { env: provider.env })
  while (!existsSync(journal) || statSync(journal).size === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const second = await run(args, { env: provider.env })
  expect(second).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/Another run uses the journal.*Nothing was sent/),
  })
  provider.intercept = () => false
  expect(await first.ended).toMatchObject({ code: 0 })
  expect(folder.ndjson(output)).toHaveLength(100)
  expect(await run(args, { env: provider.env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('100 tokens skipped'),
  })
})

test('without a journal, the output is overwritten', async () => {
  const output = folder.fresh()
  writeFileSync(output, 'old\n')
  await run(['revoke', '-o', output], { env: provider.env, input: provider.take(1)[0] ?? '' })
  expect(folder.ndjson(output)).toHaveLength(1)
})
