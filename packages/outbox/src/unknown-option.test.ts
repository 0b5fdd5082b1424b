import { afterAll, expect, test } from 'vitest'
import { isOutboxError, openOutbox, outboxSchemaSql } from './index.ts'

const outbox = await openOutbox({ store: { memory: true } })
afterAll(() => outbox.close())

const tokens = { accessToken: 'a token' }

test.each<[name: string, call: (options: object) => unknown, option: string, near: string]>([
  ['openOutbox', (o) => openOutbox({ store: { memory: true }, ...o }), 'encryptionkey', 'use encryptionKeys'],
  ['openOutbox', (o) => openOutbox({ store: { memory: true }, ...o }), 'tiemout', 'addTimeoutMs'],
  ['store', (o) => openOutbox({ store: { postgres: 'postgres://localhost/app', ...o } }), 'store.shcema', 'use schema'],
  ['store', (o) => openOutbox({ store: { memory: true, ...o } }), 'store.schema', 'the options are memory, folder'],
  [
    'store',
    (o) => openOutbox({ store: { folder: '/dev/null', ...o } }),
    'store.readonly',
    'the options are memory, folder',
  ],
  ['store', (o) => openOutbox({ store: o as { memory: true } }), 'store.connectionString', 'use postgres'],
  ['add', (o) => outbox.add(tokens, o), 'expiresat', 'use expiresAt'],
  ['add', (o) => outbox.add(tokens, { lane: 'backlog', ...o }), 'tx', 'use transaction'],
  ['addMany', (o) => outbox.addMany([tokens], o), 'lanes', 'use lane'],
  ['work', (o) => outbox.work({ untilEmpty: true, ...o }), 'grace', 'use graceMs'],
  ['work', (o) => outbox.work({ untilEmpty: true, ...o }), 'tiemout', 'the options are concurrency, graceMs'],
  ['deadLetters', (o) => outbox.deadLetters(o), 'limits', 'use limit'],
  ['outboxSchemaSql', (o) => outboxSchemaSql(o), 'shcema', 'use schema'],
])('%s() refuses an option that does not exist', async (name, call, option, near) => {
  const thrown = await (async () => call({ [option.replace('store.', '')]: 1 }))().catch((error: unknown) => error)
  expect(thrown).toSatisfy(isOutboxError)
  const code = name === 'openOutbox' || name === 'store' ? 'invalid_options' : 'invalid_argument'
  expect(thrown).toMatchObject({ code, message: expect.stringContaining(`${option} is not an option here: `) })
  expect((thrown as Error).message).toContain(near)
})

test('none of them stored anything', async () => {
  expect(await outbox.stats()).toMatchObject({ pending: 0, active: 0, dead: 0 })
})
