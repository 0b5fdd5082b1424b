import { openOutbox } from '@backend-logout/outbox'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { expect, test } from 'vitest'
import { ISS, inAnHour, readAll } from './scene.ts'

const jwt = (jti: string): string =>
  `e30.${Buffer.from(JSON.stringify({ iss: ISS, jti, exp: inAnHour() })).toString('base64url')}.c2lnbmF0dXJl`

test("a logout and its entry commit or roll back together, with the application's own change", async () => {
  await using server = await startPostgres()
  const address = await server.database('together')
  await using log = await openRevocationLog({ store: address })
  const encryptionKeys = [{ kid: 'test', key: new Uint8Array(32) }]
  await using outbox = await openOutbox({ store: address, encryptionKeys, revocations: log })
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    for (const [jti, end] of [
      ['rolled back', 'ROLLBACK'],
      ['committed', 'COMMIT'],
    ] as const) {
      await client.query('BEGIN')
      await outbox.add({ accessToken: jwt(jti) }, { transaction: client })
      await outbox.addMany([{ accessToken: jwt(`${jti}, too`) }], { transaction: client })
      expect((await readAll(log)).names).toEqual([])
      await client.query(end)
    }
    expect((await readAll(log)).names).toEqual(['committed', 'committed, too'])
    expect((await outbox.stats()).pending).toBe(2)
  } finally {
    await client.end()
  }
})
