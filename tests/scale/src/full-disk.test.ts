import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent } from '@backend-logout/outbox'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { expect, test } from 'vitest'
import { names, openAdder, startLimitedProvider } from './fleet.ts'

/** Fills the rest of a disk. */
async function fill(path: string): Promise<void> {
  for (const size of [1_000_000, 4096]) {
    try {
      for (;;) await writeFile(path, Buffer.alloc(size), { flag: 'a' })
    } catch {}
  }
}

// A disk of a known size consists of memory, which only root may mount.
test.skipIf(process.platform !== 'linux' || userInfo().uid !== 0)(
  'a database with a full disk refuses logouts with an error, and recovers when there is room',
  async () => {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    const parent = await mkdtemp(join(tmpdir(), 'outbox-disk-'))
    chmodSync(parent, 0o755)
    const disk = join(parent, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk])
    try {
      const tables = join(disk, 'tables')
      mkdirSync(tables)
      const { uid, gid } = statSync(postgres.folder)
      chownSync(tables, uid, gid)
      const admin = await postgres.database('postgres')
      await query(admin, `CREATE TABLESPACE small LOCATION '${tables}'`)
      await query(admin, 'CREATE DATABASE small TABLESPACE small')
      const store = admin.replace(/postgres$/, 'small')

      const events: OutboxEvent[] = []
      await using outbox = await openAdder(provider, store, { onEvent: (event) => events.push(event) })
      const acknowledged = Array.from(names('before', 500), ({ accessToken }) => accessToken)
      await outbox.addMany(acknowledged.map((accessToken) => ({ accessToken })))
      await fill(join(disk, 'ballast'))
      let error: unknown
      for (let index = 0; error === undefined; index++) {
        const accessToken = `during-${index}`
        error = await outbox.addMany([{ accessToken }]).then(
          () => void acknowledged.push(accessToken),
          (error) => error,
        )
      }
      expect(error).toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('No space left on device'),
      })
      expect(String((error as Error).stack)).not.toContain('a-password')
      const stop = new AbortController()
      const work = outbox.work({ signal: stop.signal })
      await sleep(3_000)

      await rm(join(disk, 'ballast'))
      await outbox.add({ accessToken: 'after' })
      while ((await provider.call('firstAsked', ['after']))[0] === undefined) await sleep(20)
      while ((await provider.call('firstAsked', acknowledged)).includes(undefined)) await sleep(50)
      stop.abort()
      expect(await work).toMatchObject({ revoked: acknowledged.length + 1, dead: 0 })
      expect(events.filter(({ type }) => type === 'dead')).toEqual([])
    } finally {
      await postgres.kill()
      execFileSync('umount', ['-l', disk])
      await rm(parent, { recursive: true, force: true })
    }
  },
)
