import { createLogoutClient } from '@backend-logout/core'
import { openOutbox } from '@backend-logout/outbox'
import { expect, test } from 'vitest'
import { startPostgres } from './postgres-server.ts'
import { newKey, startProvider } from './scene.ts'

// The statements for these servers, run by Postgres, which understands them, too.
test.each(['cockroachdb', 'citus'] as const)(
  'everything works with the statements that are made for %s',
  async (backend) => {
    await using provider = await startProvider()
    await using postgres = await startPostgres()
    const store = { postgres: await postgres.database('backend'), backend, schema: 'another_schema' }
    const client = createLogoutClient(await provider.call('where'))
    await using outbox = await openOutbox({ store, client, encryptionKeys: [newKey('backend')] })
    const tokens = await provider.call('issue', 60)
    await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
    await provider.call('answerNext', { status: 503, times: 2 })
    await provider.call('answerNext', { status: 400, body: { error: 'invalid_request' }, times: 2 })
    expect(await outbox.work({ concurrency: 1, untilEmpty: true })).toMatchObject({ revoked: 58, dead: 2, retried: 2 })
    expect(await outbox.stats()).toMatchObject({ pending: 0, active: 0, dead: 2 })
    expect(await outbox.deadLetters()).toHaveLength(2)
    expect(await outbox.retry('all')).toBe(2)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 2 })
    expect(await provider.call('countActiveOf', tokens)).toBe(0)
  },
)
