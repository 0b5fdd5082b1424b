import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent } from '@backend-logout/outbox'
import { parsePostgresAddress } from '@backend-logout/private-store'
import { type Database, PostgresDatabase } from '@backend-logout/private-store/postgres'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { query } from './postgres-server.ts'
import { setStage } from './stage.ts'

const stage = setStage()

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: stage.store })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

function openDatabase(): PostgresDatabase {
  const address = parsePostgresAddress(stage.store)
  if ('problem' in address) throw new Error(address.problem)
  const database = new PostgresDatabase(address, { applicationName: 'conflicts', maxConnections: 4 })
  onTestFinished(() => database.close())
  return database
}

/** Resolves when a statement of {@link openDatabase} waits for another transaction. */
async function untilWaiting(event: 'transactionid' | 'virtualxid'): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'conflicts' AND wait_event = '${event}'`
  while ((await query(stage.store, waiting)).length === 0) await sleep(20)
}

async function isolateTransactions(level: string): Promise<void> {
  const name = new URL(stage.store).pathname.slice(1)
  await query(stage.store, `ALTER DATABASE ${name} SET default_transaction_isolation = '${level}'`)
}

/** The seconds since the last heartbeat of each logout in progress. */
async function heartbeats(): Promise<Map<string, number>> {
  const rows = await query<{ id: string; age: string }>(
    stage.store,
    `SELECT id, extract(epoch FROM clock_timestamp() - heartbeat_on) AS age
    FROM backend_logout.job WHERE name = 'logouts' AND state = 'active'`,
  )
  return new Map(rows.map(({ id, age }) => [id, Number(age)]))
}

test('a worker keeps its claims without waiting for a logout that is locked', async () => {
  const events: OutboxEvent[] = []
  await using outbox = await stage.open({ onEvent: (event) => events.push(event) })
  await stage.provider.call('answerAlways', { delayMs: 7_000 })
  const tokens = await stage.provider.call('issue', 5)
  await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  const working = outbox.work({ untilEmpty: true })
  while ((await heartbeats()).size < 5) await sleep(50)

  const [first] = (await heartbeats()).keys()
  const settler = await connect()
  await settler.query('BEGIN')
  await settler.query(`SELECT 1 FROM backend_logout.job WHERE name = 'logouts' AND id = $1 FOR UPDATE`, [first])
  // Without heartbeats, they would be older in the end.
  for (let end = performance.now() + 5_500; performance.now() < end; await sleep(100)) {
    const others = new Map(await heartbeats())
    others.delete(first as string)
    expect(Math.max(...others.values())).toBeLessThan(5)
  }
  await settler.query('COMMIT')
  expect(await working).toMatchObject({ revoked: 5, retried: 0 })
  expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
})

test('a statement that ends a deadlock is repeated', async () => {
  const database = openDatabase()
  await query(stage.store, 'CREATE TABLE pair AS SELECT id, 0 AS n FROM generate_series(1, 2) AS id')
  const other = await connect()
  // The other side of the deadlock never gives up.
  await other.query(`SET deadlock_timeout = '1h'; BEGIN; UPDATE pair SET n = n + 1 WHERE id = 2`)
  const adding = database.within(10_000).executeSql('UPDATE pair SET n = n + 1')
  await untilWaiting('transactionid')
  await other.query('UPDATE pair SET n = n + 1 WHERE id = 1; COMMIT')
  await adding
  expect(stage.postgres.log()).toContain('deadlock detected')
  expect(await query(stage.store, 'SELECT n FROM pair')).toEqual([{ n: 2 }, { n: 2 }])
})

test.each([
  ['a task', (database: PostgresDatabase, task: (db: Database) => Promise<void>) => database.transaction(task, 10_000)],
  [
    'a durable statement',
    async (database: PostgresDatabase, task: (db: Database) => Promise<void>) =>
      task(database.committing('on', 10_000)),
  ],
  [
    'a script of pg-boss',
    (database: PostgresDatabase) => database.executeSql('BEGIN; UPDATE counter SET n = n + 1; COMMIT'),
  ],
])('%s that conflicts with a faster transaction is repeated', async (_, run) => {
  const database = openDatabase()
  await query(stage.store, 'CREATE TABLE counter AS SELECT 0 AS n')
  await isolateTransactions('repeatable read')
  const faster = await connect()
  await faster.query('BEGIN; UPDATE counter SET n = n + 1')
  const adding = run(database, async (db) => {
    await db.executeSql('UPDATE counter SET n = n + 1')
  })
  await untilWaiting('transactionid')
  await faster.query('COMMIT')
  await adding
  expect(await query(stage.store, 'SELECT n FROM counter')).toEqual([{ n: 2 }])
})

test.each([
  ['a statement', (database: PostgresDatabase) => database.within(1_000).executeSql('INSERT INTO late VALUES (1)')],
  [
    'a task',
    (database: PostgresDatabase) => database.transaction((db) => db.executeSql('INSERT INTO late VALUES (1)'), 1_000),
  ],
])('%s that always conflicts is repeated until its time is over, and no longer', async (_, run) => {
  const database = openDatabase()
  await query(stage.store, 'CREATE SEQUENCE attempts; CREATE TABLE late (n int)')
  await query(
    stage.store,
    `CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM nextval('attempts'), pg_sleep(0.3);
        RAISE EXCEPTION 'a conflict' USING ERRCODE = '40001';
      END $$;
    CREATE TRIGGER conflict BEFORE INSERT ON late FOR EACH ROW EXECUTE FUNCTION conflict()`,
  )
  await expect(run(database)).rejects.toThrow()
  const [row] = await query<{ last_value: string }>(stage.store, 'SELECT last_value FROM attempts')
  expect(Number(row?.last_value)).toBeLessThanOrEqual(4)
  await sleep(600)
  expect(await query(stage.store, 'SELECT last_value FROM attempts')).toEqual([row])
})

test('the creation of an index in several transactions is not repeated, because a part of it remains', async () => {
  const database = openDatabase()
  await query(stage.store, 'CREATE TABLE busy AS SELECT 1 AS n')
  const writer = await connect()
  await writer.query(`SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE busy IN ROW EXCLUSIVE MODE`)
  const indexing = database.executeSql('CREATE INDEX CONCURRENTLY IF NOT EXISTS of_busy ON busy (n)')
  indexing.catch(() => {})
  await untilWaiting('virtualxid')
  await writer.query('LOCK TABLE busy IN SHARE UPDATE EXCLUSIVE MODE; COMMIT')
  await expect(indexing).rejects.toMatchObject({ code: '40P01' })
})

test.each(['repeatable read', 'serializable'])(
  'four workers settle each logout where transactions are %s',
  async (level) => {
    await isolateTransactions(level)
    const events: OutboxEvent[] = []
    const onEvent = (event: OutboxEvent): unknown => events.push(event)
    const outboxes = await Promise.all(Array.from({ length: 4 }, () => stage.open({ onEvent })))
    const tokens = await stage.provider.call('issue', 600)
    try {
      await Promise.all(
        outboxes.map((outbox, index) =>
          outbox.addMany(tokens.slice(index * 150, index * 150 + 150).map((accessToken) => ({ accessToken }))),
        ),
      )
      const summaries = await Promise.all(outboxes.map((outbox) => outbox.work({ untilEmpty: true })))
      expect(summaries.reduce((sum, { revoked }) => sum + revoked, 0)).toBe(600)
    } finally {
      await Promise.all(outboxes.map((outbox) => outbox.close()))
    }
    expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
  },
)
