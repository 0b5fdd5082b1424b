import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { query } from './postgres-server.ts'
import { newKey } from './scene.ts'
import { setStage } from './stage.ts'

const stage = setStage()

test.each([
  ['all', 'all'],
  ['by its id', undefined],
] as const)(
  'a dead letter that is retried before its worker has deleted the logout is not lost: %s',
  async (_, which) => {
    await using outbox = await stage.open()
    const [token = ''] = await stage.provider.call('issue', 1)
    const id = await outbox.add({ accessToken: token })
    // The time between the two statements of the worker.
    await query(
      stage.store,
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF OLD.name = 'logouts' THEN PERFORM pg_sleep(0.5); END IF; RETURN OLD; END $$`,
    )
    await query(
      stage.store,
      'CREATE TRIGGER slow BEFORE DELETE ON backend_logout.job FOR EACH ROW EXECUTE FUNCTION slow()',
    )
    await using withoutKey = await stage.open({ encryptionKeys: [newKey('other')] })
    const stop = new AbortController()
    const working = withoutKey.work({ signal: stop.signal })
    while ((await outbox.stats()).dead === 0) await sleep(5)
    expect(await outbox.retry(which ?? id)).toBe(0)
    while ((await outbox.stats()).active > 0) await sleep(20)
    stop.abort()
    await working
    expect(await outbox.stats()).toMatchObject({ pending: 0, dead: 1 })

    expect(await outbox.retry(which ?? id)).toBe(1)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    expect(await stage.provider.call('countActiveOf', [token])).toBe(0)
  },
)
