import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { describe, expect, test } from 'vitest'
import { lockLogouts } from '../../outbox/src/lock-logouts.ts'
import { accepts, freePort } from '../../outbox/src/loopback-port.ts'
import { names, openAdder, startLimitedProvider } from './fleet.ts'

// If it is installed as a service, a user's PATH may not include it.
const PROGRAM = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find(existsSync)

/** Starts PgBouncer in front of a server, and returns the address of a database through it. */
async function startPooler(
  address: string,
  mode: 'session' | 'transaction',
): Promise<{ readonly address: string } & AsyncDisposable> {
  const { port, username, password } = new URL(address)
  const folder = await mkdtemp(join(tmpdir(), 'outbox-pgbouncer-'))
  const own = await freePort()
  const users = join(folder, 'users.txt')
  const config = join(folder, 'pgbouncer.ini')
  await writeFile(users, `"${username}" "${password}"\n`)
  await writeFile(
    config,
    `[databases]
* = host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${mode === 'transaction' ? 3 : 20}
`,
  )
  // It refuses to run as root.
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody']))
  const user = userInfo().uid === 0 ? { uid: id('-u'), gid: id('-g') } : undefined
  if (user) for (const path of [folder, users, config]) chownSync(path, user.uid, user.gid)
  const child: ChildProcess = spawn(PROGRAM as string, [config], { ...user, stdio: 'ignore' })
  for (let attempt = 0; !(await accepts(own)); attempt++) {
    if (attempt > 100) throw new Error('PgBouncer does not start.')
    await sleep(50)
  }
  return {
    address: address.replace(`:${port}/`, `:${own}/`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

// A Debian package, `pgbouncer`; npm has no such package.
describe.skipIf(PROGRAM === undefined)('through PgBouncer', () => {
  test.each(['session', 'transaction'] as const)('in %s mode, an outbox works as without it', async (mode) => {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    await using pooler = await startPooler(await postgres.database(mode), mode)
    const store = { postgres: pooler.address, synchronousCommit: 'on' } as const
    await using outbox = await openAdder(provider, store)
    await using other = await openAdder(provider, store)
    await outbox.addMany(names(mode, 500))
    await Promise.all(Array.from({ length: 50 }, (_, index) => outbox.add({ accessToken: `${mode}-user-${index}` })))
    const summaries = await Promise.all([outbox.work({ untilEmpty: true }), other.work({ untilEmpty: true })])
    expect(summaries.reduce((sum, { revoked }) => sum + revoked, 0)).toBe(550)
    expect(summaries.map(({ dead }) => dead)).toEqual([0, 0])
    expect(await outbox.stats()).toMatchObject({
      pending: 0,
      active: 0,
      dead: 0,
      postgres: { synchronousCommit: 'on' },
    })
  })

  test.each(['session', 'transaction'] as const)(
    'in %s mode, a statement that waits for a lock is canceled',
    async (mode) => {
      await using provider = await startLimitedProvider()
      await using postgres = await startPostgres()
      const direct = await postgres.database(mode)
      await using pooler = await startPooler(direct, mode)
      await using outbox = await openAdder(
        provider,
        { postgres: pooler.address, maxConnections: 2 },
        { addTimeoutMs: 2_000 },
      )
      await outbox.add({ accessToken: 'first' })
      {
        await using _lock = await lockLogouts(direct)
        const adding = Array.from({ length: 10 }, () => outbox.add({ accessToken: 'refused' }))
        for (const { status } of await Promise.allSettled(adding)) expect(status).toBe('rejected')
        const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while ((await query(direct, waiting)).length > 0) await sleep(20)
      }
      await outbox.add({ accessToken: 'second' })
      // A logout that was refused may be stored: PgBouncer can still have had it.
      const { revoked, dead } = await outbox.work({ untilEmpty: true })
      expect([revoked >= 2, dead]).toEqual([true, 0])
    },
  )
})
