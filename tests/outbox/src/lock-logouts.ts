import pg from 'pg'

/** Keeps every other statement about logouts waiting, as a long migration does, until it is disposed. */
export async function lockLogouts(address: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  for (;;) {
    try {
      await client.query('BEGIN; LOCK TABLE backend_logout.job IN ACCESS EXCLUSIVE MODE')
      return { [Symbol.asyncDispose]: () => client.end() }
    } catch (error) {
      // A statement of the outbox holds a partition, and waits for the table.
      if ((error as { code?: unknown }).code !== '40P01') throw error
      await client.query('ROLLBACK')
    }
  }
}
