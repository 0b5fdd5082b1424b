import { openRevocationLog, type RevocationLog } from '@backend-logout/revocations/server'
import { query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { read, readAll, revoked } from './scene.ts'

/** One step of a writer, which has its own transaction, or of a reader. */
type Step =
  | { readonly kind: 'append' | 'commit' | 'rollback' | 'savepoint' | 'undo'; readonly writer: number }
  | { readonly kind: 'autocommit' | 'unrelated' }
  | { readonly kind: 'page' | 'snapshot' | 'restart'; readonly reader: number }

const writer = fc.nat(2)
const reader = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('append' as const), writer }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'rollback', 'savepoint', 'undo'), writer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('autocommit', 'autocommit', 'unrelated') }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('page', 'page', 'page', 'page', 'snapshot', 'restart'), reader }),
  },
)

interface Writer {
  readonly client: pg.Client
  /** Entries that are written and not committed, by savepoint. */
  pending: string[][] | undefined
}

interface Reader {
  log: RevocationLog
  cursor: string | undefined
  readonly seen: Set<string>
}

test('for every interleaving of transactions and readers, every reader has exactly the committed entries', async () => {
  await using server = await startPostgres()
  const address = await server.database('interleaving')
  const openLog = (): Promise<RevocationLog> =>
    openRevocationLog({ store: { postgres: address, maxConnections: 1 }, pageEntries: 1 })
  const log = await openLog()
  const others = await Promise.all([openLog(), openLog(), openLog()])
  const clients = await Promise.all(
    [0, 1, 2].map(async () => {
      const client = new pg.Client({ connectionString: address })
      await client.connect()
      return client
    }),
  )
  await query(address, 'CREATE TABLE unrelated (n int)')
  let count = 0

  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        for (const client of clients) await client.query('ROLLBACK')
        const committed = new Set<string>()
        const writers: Writer[] = clients.map((client) => ({ client, pending: undefined }))
        await query(address, 'TRUNCATE backend_logout_revocations.entry')
        const { cursor: start } = await readAll(log)
        const readers: Reader[] = others.map((log) => ({ log, cursor: start, seen: new Set() }))

        const readPage = async (reader: Reader): Promise<boolean> => {
          const page = await read(reader.log, reader.cursor)
          reader.cursor = page.cursor
          for (const entry of page.entries) if ('jti' in entry) reader.seen.add(entry.jti)
          return page.more
        }
        /**
         * Reads until nothing is left. A run that was in progress ends at the position of the log when it began: then
         * one more.
         */
        const catchUp = async (reader: Reader): Promise<void> => {
          for (const _run of [1, 2]) while (await readPage(reader));
        }
        const end = async (writer: Writer, how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
          if (!writer.pending) return
          await writer.client.query(how)
          if (how === 'COMMIT') for (const name of writer.pending.flat()) committed.add(name)
          writer.pending = undefined
        }
        for (const step of steps) {
          if ('writer' in step) {
            const writer = writers[step.writer] as Writer
            if (step.kind === 'commit') await end(writer, 'COMMIT')
            else if (step.kind === 'rollback') await end(writer, 'ROLLBACK')
            else {
              if (!writer.pending) await writer.client.query('BEGIN')
              writer.pending ??= [[]]
              if (step.kind === 'savepoint') {
                await writer.client.query(`SAVEPOINT s${writer.pending.length}`)
                writer.pending.push([])
              } else if (step.kind === 'undo' && writer.pending.length > 1) {
                writer.pending.pop()
                await writer.client.query(`ROLLBACK TO SAVEPOINT s${writer.pending.length}`)
                writer.pending.push([])
              } else if (step.kind === 'append') {
                const name = `t${count++}`
                await log.append(revoked(name), { transaction: writer.client })
                writer.pending.at(-1)?.push(name)
              }
            }
          } else if ('reader' in step) {
            const reader = readers[step.reader] as Reader
            if (step.kind === 'snapshot') reader.cursor = undefined
            // Another process takes over.
            else if (step.kind === 'restart') reader.log = others[Math.floor(count % 3)] as RevocationLog
            else await readPage(reader)
          } else if (step.kind === 'autocommit') {
            const name = `t${count++}`
            await log.append(revoked(name))
            committed.add(name)
          } else {
            await query(address, 'INSERT INTO unrelated VALUES (1)')
          }
        }
        // Everything committed by now must be found, from any reader's position,
        for (const reader of readers) {
          await catchUp(reader)
          expect([...committed].filter((name) => !reader.seen.has(name))).toEqual([])
        }
        // and also everything that commits at the very end.
        for (const writer of writers) await end(writer, 'COMMIT')
        for (const reader of readers) {
          await catchUp(reader)
          expect([...committed].filter((name) => !reader.seen.has(name))).toEqual([])
          expect([...reader.seen].filter((name) => !committed.has(name))).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
  } finally {
    for (const client of clients) await client.end()
    for (const each of [log, ...others]) await each.close()
  }
})
