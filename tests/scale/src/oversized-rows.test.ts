import { query } from '@backend-logout/tests-outbox/postgres-server'
import { startRemote } from '@backend-logout/tests-outbox/remote'
import type { OutboxArguments, OutboxProcess } from '@backend-logout/tests-outbox/scene'
import { encryptionKeys, open, provider, setUpDatabases, store } from '@backend-logout/tests-outbox/shared-database'
import { describe, expect, test } from 'vitest'

setUpDatabases()

describe('rows that someone else has written', () => {
  test('crash no worker with little memory, whatever their size and number', async () => {
    await using outbox = await open()
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    await query(
      store,
      `INSERT INTO backend_logout.job (name, priority, retry_limit, data) SELECT 'logouts', 101, 1000, data FROM (
        SELECT ('[' || repeat('{},', 2000000) || '{}]')::jsonb AS data
        UNION ALL SELECT jsonb_build_object('jwe', repeat(repeat('x', 10000), 12000))
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'lane', ${UNWRITABLE})
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'lane', ${UNWRITABLE_NUMBERS})
        UNION ALL SELECT ('[' || repeat('1e131071,', 1000) || '1]')::jsonb FROM generate_series(1, 10)
        UNION ALL SELECT jsonb_build_object('jwe', repeat(repeat('x', 1000), 2000), 'number', number) FROM generate_series(1, 48) AS number
      ) AS rows`,
    )
    await using worker = await startSmallWorker()
    expect(await worker.call('drain')).toEqual({ revoked: 1, expired: 0, dead: 62, retried: 98 })
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await worker.call('deadLetters')).toHaveLength(62)
    // The data of the others is not kept.
    expect(await worker.call('retry', 'all')).toBe(49)
  })

  test('of any size stop neither a list of dead letters nor their retry', async () => {
    await using outbox = await open()
    await query(
      store,
      `INSERT INTO backend_logout.job (name, data) SELECT 'dead-letters', data FROM (
        SELECT jsonb_build_object('jwe', ${UNWRITABLE}) AS data
        UNION ALL SELECT jsonb_build_object('jwe', 'x', 'reason', jsonb_build_object('code', ${UNWRITABLE_NUMBERS}))
      ) AS rows`,
    )
    const [accessToken = ''] = await provider.issueTokens(1)
    await outbox.add({ accessToken })
    provider.answerNext({ status: 400, body: { error: 'invalid_request' } })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 1 })
    const codes = (await outbox.deadLetters()).map(({ reason }) => reason.code)
    expect(codes.sort()).toEqual(['rejected', 'undecryptable', 'undecryptable'])
    await using worker = await startSmallWorker()
    // The outbox wrote one of them, and another one has a JWE of ordinary size.
    expect(await worker.call('retry', 'all')).toBe(2)
  })

  test('of any size stop neither the pace, nor the pause, nor a retry', async () => {
    await using outbox = await open()
    const tokens = await provider.issueTokens(3)
    await outbox.add({ accessToken: tokens[0] })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    for (const [index, unwritable] of [UNWRITABLE, UNWRITABLE_NUMBERS].entries()) {
      await query(
        store,
        `UPDATE backend_logout.job SET data = jsonb_build_object('x', ${unwritable}) WHERE singleton_key IS NULL AND name = 'notes'`,
      )
      await query(
        store,
        `INSERT INTO backend_logout.job (name, singleton_key, start_after, data)
        SELECT 'notes', 'pause', now() + interval '2 seconds', jsonb_build_object('code', ${UNWRITABLE_NUMBERS})`,
      )
      await outbox.add({ accessToken: tokens[index + 1] })
      await query(
        store,
        `UPDATE backend_logout.job SET retry_count = 1, output = to_jsonb(repeat(repeat('x', 10000), 12000))
        WHERE name = 'logouts'`,
      )
      await using worker = await startSmallWorker()
      expect(await worker.call('drain')).toMatchObject({ revoked: 1 })
      expect(worker.output()).toBe('')
    }
  })
})

/** An SQL expression: JSON that Postgres stores, but cannot write as text, because that has more than 1 GiB. */
const UNWRITABLE = 'to_jsonb(ARRAY[repeat(repeat(chr(1), 10000), 18000)])'

/** The same in 100 KiB: each of these numbers is stored in 12 bytes, and has 131,072 digits. */
const UNWRITABLE_NUMBERS = `('[' || repeat('1e131071,', 9000) || '1]')::jsonb`

/** Starts a worker in a process that cannot hold much. */
async function startSmallWorker(): Promise<OutboxProcess> {
  const { appHost, app } = provider
  const args: OutboxArguments = {
    store,
    provider: { appHost, appId: app.appId, appSecret: app.appSecret as string },
    keys: encryptionKeys,
  }
  const env = { NODE_OPTIONS: '--max-old-space-size=96' }
  const worker: OutboxProcess = startRemote('outbox', [JSON.stringify(args)], undefined, env)
  await worker.ready
  return worker
}
