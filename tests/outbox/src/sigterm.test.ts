import { setTimeout as sleep } from 'node:timers/promises'
import { openOutbox } from '@backend-logout/outbox'
import { expect, inject, test } from 'vitest'
import { startPostgres } from './postgres-server.ts'
import { newKey, startOutbox, startProvider, type Told, temporaryFolder } from './scene.ts'

const keys = [newKey('term')]

test.each(['a folder', 'Postgres'])(
  'SIGTERM finishes requests in flight, leaves the rest, and ends the process; in %s',
  async (kind) => {
    await using provider = await startProvider()
    await using folder = await temporaryFolder(inject('template'))
    await using postgres = kind === 'Postgres' ? await startPostgres() : undefined
    const store = postgres ? await postgres.database('term') : folder.path
    const tokens = await provider.call('issue', 100)
    await provider.call('answerAlways', { delayMs: 150 })
    let stopped: unknown
    const onTold = (told: Told): void => {
      if ('stopped' in told) stopped = told.stopped
    }
    const outbox = await startOutbox(provider, store, { keys, work: { concurrency: 4 } }, onTold)
    await outbox.ready
    await outbox.call('addMany', tokens)
    while ((await provider.call('revocations')) < 10) await sleep(5)
    outbox.kill('SIGTERM')
    expect(await outbox.ended).toBe(0)

    const asked = await provider.call('revocations')
    const alive = await provider.call('countActiveOf', tokens)
    expect(asked).toBeLessThan(100)
    // Each requested revocation was finished, and none was requested twice.
    expect(alive).toBe(100 - asked)
    expect(stopped).toMatchObject({ revoked: asked })
    await using next = await openOutbox({ store, encryptionKeys: keys })
    expect(await next.stats()).toMatchObject({ pending: alive, active: 0, dead: 0 })
  },
)
