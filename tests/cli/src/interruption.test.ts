import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { accepts, freePort } from '@backend-logout/tests-outbox/loopback-port'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 400)
})
afterAll(() => provider[Symbol.asyncDispose]())
beforeEach(() => {
  provider.intercept = () => false
})

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s waits for requests in flight, and the next run continues',
  async (signal) => {
    const tokens = provider.take(60)
    const [input, journal, output] = [folder.file(tokens.join('\n')), folder.fresh(), folder.fresh()]
    const args = ['revoke', input, '-j', journal, '-o', output, '-c', '4', '--json']
    provider.intercept = async () => {
      await sleep(100)
      return false
    }
    const first = start(args, { env: provider.env })
    for (let i = 0; i < 10; i++) await once(provider.arrivals, 'revocation')
    first.child.kill(signal)
    const { code, stdout, stderr } = await first.ended
    expect(code).toBe(130)
    expect(stderr).toContain('stopping')
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ complete: false, notRevoked: 0, exitCode: 130 })
    // The run waited for every request that reached the provider, and recorded it.
    const arrived = tokens.filter((token) => provider.revocations.has(token)).map(fingerprint)
    expect(arrived.length).toBeLessThan(tokens.length)
    expect(
      folder
        .ndjson(output)
        .map(({ token }) => token)
        .sort(),
    ).toEqual(arrived.sort())

    provider.intercept = () => false
    const second = await run(args, { env: provider.env })
    expect(second.code).toBe(0)
    expect(JSON.parse(second.stdout)).toMatchObject({
      complete: true,
      skipped: summary.revoked,
      revoked: tokens.length - summary.revoked,
    })
    expect(tokens.every((token) => provider.revocations.get(token) === 1)).toBe(true)
    expect(folder.ndjson(output)).toHaveLength(tokens.length)
  },
)

test('a request that does not end within 5 seconds after Ctrl-C is abandoned, and reported as unknown', async () => {
  provider.intercept = () => true
  const output = folder.fresh()
  const running = start(['revoke', folder.file(provider.take(10).join('\n')), '-c', '3', '-o', output], {
    env: provider.env,
  })
  for (let i = 0; i < 3; i++) await once(provider.arrivals, 'revocation')
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  expect(stdout).toMatch(/0 tokens revoked, 3 not.*\nNot revoked: aborted 3\.\nThe end of the input was not reached\./)
  expect(folder.ndjson(output).map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown'])
})

test('the second Ctrl-C ends the process immediately', async () => {
  provider.intercept = () => true
  const running = start(['revoke', folder.file(provider.take(10).join('\n'))], { env: provider.env })
  await once(provider.arrivals, 'revocation')
  running.child.kill('SIGINT')
  await running.seen(/stopping/)
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: null, signal: 'SIGINT' })
})

test('Ctrl-C ends a run that waits for standard input', async () => {
  const running = start(['revoke', '-'], { env: provider.env, input: null })
  const [token] = provider.take(1)
  const arrival = once(provider.arrivals, 'revocation')
  running.child.stdin?.write(`${token}\n`)
  await arrival
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130, stdout: expect.stringContaining('1 token revoked') })
})

test('tokens are revoked as they arrive, not only at the end of the input', async () => {
  const running = start(['revoke', '--output', '-'], { env: provider.env, input: null })
  for (const token of provider.take(3)) {
    const arrival = once(provider.arrivals, 'revocation')
    running.child.stdin?.write(`${token}\n`)
    expect(await arrival).toEqual([token])
  }
  running.child.stdin?.end()
  expect((await running.ended).code).toBe(0)
})

test('a run whose reader closes the pipe stops cleanly, and can be resumed', async () => {
  const tokens = provider.take(100)
  const [input, journal] = [folder.file(tokens.join('\n')), folder.fresh()]
  const args = ['revoke', input, '-j', journal, '-o', '-', '-c', '2']
  const first = await start(args, { env: provider.env, shell: '{ "$@"; echo "code $?" >&2; } | head -n 1' }).ended
  expect(JSON.parse(first.stdout)).toMatchObject({ revoked: true })
  expect(first.stderr).toContain('code 130')
  expect(first.stderr).not.toMatch(/EPIPE|at .*:\d+:\d+/)
  const second = await run(args, { env: provider.env })
  expect(second.code).toBe(0)
  expect(tokens.every((token) => provider.revocations.get(token) === 1)).toBe(true)
})

test.each([['--help'], ['revoke', '--help'], ['emulator', '--help']])(
  '%s survives a reader that closes the pipe',
  async (...args) => {
    const { stdout, stderr } = await start(args, { shell: '"$@" | head -n 1' }).ended
    expect(stdout).toMatch(/^Usage: /)
    expect(stderr).toBe('')
  },
)

test('an emulator that is stopped while it starts ends cleanly', async () => {
  const port = await freePort()
  const emulator = start(['emulator', '--port', `${port}`, '--issue-tokens', '2000', '--tokens-file', folder.fresh()])
  await expect.poll(() => accepts(port), { timeout: 30_000, interval: 5 }).toBe(true)
  emulator.child.kill('SIGTERM')
  expect(await emulator.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('AUTHING_APP_HOST') })
})

test('a journal contains no token', async () => {
  const tokens = provider.take(20)
  const [journal, output] = [folder.fresh(), folder.fresh()]
  await run(['revoke', '-j', journal, '-o', output], { env: provider.env, input: tokens.join('\n') })
  for (const file of [journal, output]) {
    const text = readFileSync(file, 'utf8')
    expect(text).not.toBe('')
    for (const token of tokens) expect(text).not.toContain(token.slice(-30))
  }
})

test.skipIf(process.platform === 'win32')('a pipe that nothing writes to yet can be interrupted', async () => {
  const pipe = folder.fresh()
  execFileSync('mkfifo', [pipe])
  const running = start(['revoke', pipe], { env: provider.env })
  // It waits in a call of the system, and nothing shows that.
  await sleep(2_000)
  running.child.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 130, signal: null, stderr: expect.stringContaining('Interrupted') })
})
