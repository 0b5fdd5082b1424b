import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OutboxEvent, openOutbox } from '@backend-logout/outbox'
import { decodeProtectedHeader } from 'jose'
import pg from 'pg'
import { PgBoss as OlderPgBoss } from 'pg-boss-12.5'
import { expect, inject, test } from 'vitest'
import { query } from './postgres-server.ts'
import { newKey, startOutbox, temporaryFolder } from './scene.ts'
import { setStage } from './stage.ts'
import { untilSettled } from './until-settled.ts'

const stage = setStage()
const { keys, open } = stage

const issue = async (count: number): Promise<{ tokens: string[]; sessions: { accessToken: string }[] }> => {
  const tokens = await stage.provider.call('issue', count)
  return { tokens, sessions: tokens.map((accessToken) => ({ accessToken })) }
}
const storedKids = async (): Promise<(string | undefined)[]> => {
  const rows = await query<{ data: { jwe: string } }>(
    stage.store,
    `SELECT data FROM backend_logout.job WHERE data ? 'jwe'`,
  )
  return rows.map(({ data }) => (decodeProtectedHeader(data.jwe) as { kid?: string }).kid).sort()
}

test('a logout is stored only when the transaction of the application commits', async () => {
  await using outbox = await open()
  await query(stage.store, 'CREATE TABLE sessions (id int PRIMARY KEY)')
  const { tokens, sessions } = await issue(3)
  const client = new pg.Client({ connectionString: stage.store })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO sessions VALUES (1)')
    await outbox.add(sessions[0] ?? {}, { transaction: client })
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
    await client.query('ROLLBACK')
    expect(await outbox.stats()).toMatchObject({ pending: 0 })

    await client.query('BEGIN')
    await client.query('INSERT INTO sessions VALUES (1)')
    const ids = await outbox.addMany(sessions.slice(1), { transaction: client })
    expect(ids).toHaveLength(2)
    await client.query('COMMIT')
    expect(await outbox.stats()).toMatchObject({ pending: 2 })
  } finally {
    await client.end()
  }
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 2 })
  expect(await stage.provider.call('countActiveOf', tokens.slice(0, 1))).toBe(1)
  expect(await stage.provider.call('countActiveOf', tokens.slice(1))).toBe(0)
})

test('a logout that cannot be stored with the application’s transaction is rejected', async () => {
  await using outbox = await open()
  const client = new pg.Client({ connectionString: stage.store })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT 1/0').catch(() => {})
    const adding = outbox.add({ accessToken: 'x' }, { transaction: client })
    await expect(adding).rejects.toMatchObject({ name: 'OutboxError', code: 'store_unavailable' })
  } finally {
    await client.end()
  }
})

test('nothing is lost and little is refused when Postgres is killed and restarted under load', async () => {
  const events: OutboxEvent[] = []
  await using outbox = await open({ onEvent: (event) => events.push(event), addTimeoutMs: 20_000 })
  const { tokens, sessions } = await issue(400)
  const stop = new AbortController()
  const work = outbox.work({ concurrency: 8, signal: stop.signal })
  let acknowledged = 0
  const rest = sessions[Symbol.iterator]()
  const adders = Array.from({ length: 20 }, async () => {
    for (const session of rest) {
      await outbox.add(session)
      acknowledged++
    }
  })
  while (acknowledged < 100) await sleep(5)
  await stage.postgres.kill()
  await sleep(500)
  await stage.postgres.start()
  await Promise.all(adders)
  expect(acknowledged).toBe(400)
  await untilSettled(outbox)
  stop.abort()
  await work
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
  expect(events).toContainEqual(expect.objectContaining({ type: 'store_error', code: 'store_unavailable' }))
})

test('the error names a database that cannot be reached, without its password', async () => {
  const opening = openOutbox({ store: 'postgres://me:hunter2@127.0.0.1:1/none', encryptionKeys: keys })
  const error = await opening.catch((error) => error)
  expect(error).toMatchObject({ name: 'OutboxError', code: 'store_unavailable' })
  expect(`${error.message} ${error.cause?.message} ${error.stack}`).not.toContain('hunter2')
})

test('old keys still read, and the new one writes', async () => {
  const [old, young] = [newKey('old'), newKey('young')]
  const { tokens, sessions } = await issue(4)
  {
    await using outbox = await open({ encryptionKeys: [old] })
    await outbox.addMany(sessions.slice(0, 2))
  }
  {
    await using outbox = await open({ encryptionKeys: [young, old] })
    await outbox.addMany(sessions.slice(2))
    expect(await storedKids()).toEqual(['old', 'old', 'young', 'young'])
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 4 })
  }
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
})

test('a logout that no key opens waits among the dead letters for the key to return', async () => {
  const [right, other] = [newKey('right'), newKey('other')]
  const { tokens, sessions } = await issue(2)
  {
    await using outbox = await open({ encryptionKeys: [right] })
    await outbox.addMany(sessions)
  }
  const asked = await stage.provider.call('revocations')
  {
    await using outbox = await open({ encryptionKeys: [other, { ...newKey('x'), kid: 'right' }], maxRefusals: 1 })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 2 })
    const letters = await outbox.deadLetters()
    expect(letters.map(({ reason }) => reason.code)).toEqual(['undecryptable', 'undecryptable'])
    expect(letters[0]?.tokens[0]?.fingerprint).toMatch(/^sha256:[\da-f]{16}$/)
  }
  {
    await using outbox = await open({ encryptionKeys: [other], maxRefusals: 1 })
    expect(await outbox.retry('all')).toBe(2)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 2 })
    expect((await outbox.deadLetters()).map(({ reason }) => reason.code)).toEqual(['unknown_key', 'unknown_key'])
  }
  expect(await stage.provider.call('revocations')).toBe(asked)
  await using outbox = await open({ encryptionKeys: [right] })
  expect(await outbox.retry('all')).toBe(2)
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 2, dead: 0 })
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
})

test('a database of an earlier schema is migrated, including its content', async () => {
  const { tokens, sessions } = await issue(2)
  {
    // The stored data is the same; the surrounding tables differ.
    await using outbox = await open()
    await outbox.addMany(sessions)
  }
  const stored = await query<{ id: string; data: object }>(
    stage.store,
    "SELECT id, data FROM backend_logout.job WHERE name = 'logouts'",
  )
  await query(stage.store, 'DROP SCHEMA backend_logout CASCADE')
  const older = new OlderPgBoss({ connectionString: stage.store, schema: 'backend_logout', schedule: false })
  await older.start()
  await older.createQueue('logouts')
  for (const { id, data } of stored) await older.send('logouts', data, { id })
  const before = await older.schemaVersion()
  await older.stop()

  await using outbox = await open()
  const [row] = await query<{ version: number }>(stage.store, 'SELECT version FROM backend_logout.version')
  expect(Number(row?.version)).toBeGreaterThan(Number(before))
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 2 })
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
})

test('a folder admits one process, and is free immediately after that is killed', async () => {
  await using folder = await temporaryFolder(inject('template'))
  await using first = await startOutbox(stage.provider, folder.path, { keys })
  await first.ready
  const second = openOutbox({ store: folder.path, encryptionKeys: keys })
  await expect(second).rejects.toMatchObject({
    code: 'store_in_use',
    message: expect.stringContaining(`process ${first.pid}`),
  })
  first.kill('SIGKILL')
  await first.ended
  await using third = await openOutbox({ store: folder.path, encryptionKeys: keys })
  expect(await third.stats()).toMatchObject({ pending: 0 })
})

// A disk of a known size consists of memory, which only root may mount.
test.skipIf(process.platform !== 'linux' || userInfo().uid !== 0)(
  'a full disk refuses logouts and keeps those that were stored',
  async () => {
    await using parent = await temporaryFolder()
    const disk = join(parent.path, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', disk])
    try {
      const folder = join(disk, 'outbox')
      cpSync(inject('template'), folder, { recursive: true })
      const acknowledged: number[] = []
      const { tokens } = await issue(400)
      const first = await stage.provider.call('indexOf', tokens[0] ?? '')
      const list = tokens.map((accessToken, index) => ({ index: first + index, accessToken }))
      let refused = ''
      {
        await using outbox = await startOutbox(stage.provider, folder, { keys }, (told) => {
          if ('acknowledged' in told) acknowledged.push(told.acknowledged)
          if ('refused' in told) refused = told.message
        })
        await outbox.ready
        await outbox.call('add', list.slice(0, 100), 10)
        await fill(join(disk, 'ballast'))
        await outbox.call('add', list.slice(100), 10).catch(() => {})
        expect(acknowledged.length).toBeLessThan(tokens.length)
        expect(refused).toMatch(/OutboxError: Storing the logout failed/)
      }
      await rm(join(disk, 'ballast'))
      await using outbox = await startOutbox(stage.provider, folder, { keys })
      await outbox.ready
      await outbox.call('drain')
      expect(acknowledged.length).toBeGreaterThanOrEqual(100)
      expect(await stage.provider.call('active', acknowledged)).toEqual([])
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  },
)

async function fill(path: string): Promise<void> {
  for (const size of [1_000_000, 4096]) {
    try {
      for (;;) await writeFile(path, Buffer.alloc(size), { flag: 'a' })
    } catch {}
  }
}
