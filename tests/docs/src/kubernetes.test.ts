import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../outbox/src/loopback-port.ts'
import { startPostgres } from '../../outbox/src/postgres-server.ts'
import { allBlocks } from './code-block.ts'
import { localCommands, terminalEnvironment } from './terminal.ts'

const PAGE = 'docs/guides/kubernetes.md'
const blocks = allBlocks().filter(({ file }) => file === PAGE)
const worker = blocks.find(({ language }) => language === 'ts')?.code ?? ''
const [, emulator = '', begin = '', tryIt = '', end = '', withoutCode = ''] = blocks
  .filter(({ language }) => language === 'sh')
  .map(({ code }) => code)
// Inside the package, so that a program finds the packages as a user's does.
const folder = join(import.meta.dirname, '../.results/kubernetes')

const UNREACHABLE = '# TYPE backend_logout_outbox_up gauge\nbackend_logout_outbox_up 0\n'
const EMPTY = /_logouts\{state="pending"\} 0\n.*"active"\} 0\n.*_age_seconds 0\n$/s

test('the worker of the guide revokes, survives an outage of Postgres and ends on SIGTERM; the command is the same worker', async () => {
  await using postgres = await startPostgres({ settings: ['fsync=off'] })
  const store = await postgres.database('app')
  const port = `${await freePort()}`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'worker.ts'), worker.replaceAll('9090', port))
  const running: ChildProcess[] = []
  /** Runs commands in a terminal, and collects its output. */
  const open = (commands: string) => {
    const placed = localCommands(commands).replaceAll('9090', port)
    const child = spawn('bash', ['-euc', placed], { cwd: folder, env: terminalEnvironment(), detached: true })
    running.push(child)
    const seen = { output: '', ended: once(child, 'exit'), child }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        seen.output += chunk
      })
    }
    return seen
  }
  const get = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
  const metrics = async () => (await get('/metrics'))?.text()
  const patience = { timeout: 60_000, interval: 200 }
  try {
    const provider = open(`exec ${emulator}`)
    await expect.poll(() => provider.output, patience).toMatch(/AUTHING_APP_SECRET=\S+\n/)
    const exported = provider.output.match(/^export .*$/gm)?.join('\n') ?? ''
    // The reader's database has another name, and the reader waits until the worker listens, and between the blocks.
    const ownStore = begin.replace(/(?<=OUTBOX_STORE=).*$/m, `'${store}'`)
    const listens = `until curl --silent --fail localhost:${port}/readyz; do sleep 0.2; done`
    const first = open([exported, ownStore, listens, tryIt, 'echo tried; read -r _', end].join('\n'))
    await expect.poll(() => first.output, patience).toMatch(/300 stored, 0 not\.[\s\S]*outbox_up 1\n[\s\S]*tried/)
    await expect.poll(metrics, patience).toMatch(EMPTY)
    const byCode = await metrics()

    await postgres.stop('fast')
    await expect.poll(async () => (await get('/readyz'))?.status, patience).toBe(503)
    expect(await metrics()).toBe(UNREACHABLE)
    expect((await get('/livez'))?.status).toBe(200)
    await postgres.start()
    await expect.poll(async () => (await get('/readyz'))?.status, patience).toBe(200)
    first.child.stdin.end('\n')
    expect(await first.ended, first.output).toEqual([0, null])
    expect(await get('/livez')).toBeUndefined()

    const key = `export OUTBOX_STORE='${store}' OUTBOX_KEYS=2026-11:${'A'.repeat(43)}`
    const second = open([exported, key, `exec ${withoutCode}`].join('\n'))
    await expect.poll(metrics, patience).toBe(byCode)
    expect((await get('/health'))?.status).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.ended, second.output).toEqual([0, null])
  } finally {
    for (const { pid, exitCode, signalCode } of running) {
      // With the processes that it started.
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
    }
    rmSync(folder, { recursive: true, force: true })
  }
}, 240_000)
