import { once } from 'node:events'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
let env: Record<string, string>
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 25)
  const { stdout } = await run(['outbox', 'key', 'first'])
  env = { ...provider.env, OUTBOX_STORE: join(folder.path, 'outbox'), OUTBOX_KEYS: stdout }
})
afterAll(() => provider[Symbol.asyncDispose]())

test('logouts are stored in a folder, counted, completed, and not readable at rest', async () => {
  const tokens = provider.take(20)
  const session = JSON.stringify({ access_token: tokens[18], refresh_token: 'refresh-token-1', token_type: 'Bearer' })
  const input = `${tokens.slice(0, 18).join('\n')}\n\n${session}\n{"token":"${tokens[19]}"}\n`
  const added = await run(['outbox', 'add', '--json'], { env, input })
  expect(added).toMatchObject({ code: 0, stdout: '{"stored":20,"invalid":0,"complete":true}\n', stderr: '' })
  expect(tokens.some((token) => provider.revocations.has(token))).toBe(false)

  const stats = await run(['outbox', 'stats', '--json'], { env: { OUTBOX_STORE: env.OUTBOX_STORE as string } })
  expect(JSON.parse(stats.stdout)).toMatchObject({ pending: 20, dead: 0 })
  const files = globSync('**', { cwd: env.OUTBOX_STORE as string }).map((name) =>
    join(env.OUTBOX_STORE as string, name),
  )
  for (const file of files.filter((name) => statSync(name).isFile())) {
    const bytes = readFileSync(file)
    for (const token of [...tokens, 'refresh-token-1']) expect(bytes.includes(token.slice(-40))).toBe(false)
  }

  const worked = await run(['outbox', 'work', '--until-empty', '--json'], { env })
  expect(worked.code).toBe(0)
  expect(JSON.parse(worked.stdout)).toMatchObject({ revoked: 20, dead: 0 })
  expect(tokens.every((token) => provider.revocations.get(token) === 1)).toBe(true)
})

test('a worker on a folder runs until it is stopped, and keeps others out', async () => {
  await run(['outbox', 'add'], { env, input: provider.take(3).join('\n') })
  const arrival = once(provider.arrivals, 'revocation')
  const worker = start(['outbox', 'work'], { env })
  await arrival
  expect(await run(['outbox', 'stats'], { env })).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/is open already .*Postgres/),
  })
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d logouts revoked/) })
})

test('a worker that is stopped while it creates its folder ends cleanly', async () => {
  const store = join(folder.path, 'stopped')
  const worker = start(['outbox', 'work'], { env: { ...env, OUTBOX_STORE: store } })
  await expect.poll(() => existsSync(store), { timeout: 30_000, interval: 5 }).toBe(true)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 logouts revoked/) })
  expect(await run(['outbox', 'stats'], { env: { ...env, OUTBOX_STORE: store } })).toMatchObject({ code: 0 })
})

test.each(['stats', 'dead', 'retry --all'])('outbox %s does not create a missing folder', async (command) => {
  const missing = join(folder.path, 'missing')
  const ended = await run(['outbox', ...command.split(' '), '--store', missing])
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('does not exist') })
  expect(() => statSync(missing)).toThrow()
})
