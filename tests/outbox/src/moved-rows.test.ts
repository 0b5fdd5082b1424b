import type { Outbox } from '@backend-logout/outbox'
import { describe, expect, test } from 'vitest'
import { query } from './postgres-server.ts'
import { clientOf, events, open, other, provider, revocations, setUpDatabases, store } from './shared-database.ts'
import { untilSettled } from './until-settled.ts'

setUpDatabases()

describe('a logout that was moved', () => {
  const stored = async (): Promise<{ id: string; data: { jwe: string } }[]> =>
    query(store, `SELECT id, data FROM backend_logout.job WHERE name = 'logouts' ORDER BY id`)
  const codes = async (outbox: Outbox): Promise<string[]> =>
    (await outbox.deadLetters()).map(({ reason }) => reason.code)

  test('to the outbox of another provider with the same keys is not sent there', async () => {
    const [accessToken = ''] = await provider.issueTokens(1)
    {
      await using outbox = await open()
      await outbox.add({ accessToken })
    }
    {
      // The same database, opened for another provider, is equivalent to a copy of the row in another database.
      await using outbox = await open({ client: clientOf(other) })
      expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 0, dead: 1 })
      expect(await codes(outbox)).toEqual(['other_provider'])
      expect(revocations(other)).toBe(0)
    }
    await using outbox = await open()
    expect(await outbox.retry('all')).toBe(1)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('is bound to the name of its provider even by a process without a client', async () => {
    {
      await using outbox = await open({ client: undefined, provider: 'one' })
      await outbox.add({ accessToken: 'x' })
    }
    await using outbox = await open({ client: clientOf(other), provider: 'two' })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 1 })
    expect([await codes(outbox), revocations(other)]).toEqual([['other_provider'], 0])
  })

  test('into another row, where it would hide a logout, is detected', async () => {
    await using outbox = await open()
    const tokens = await provider.issueTokens(2)
    await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
    const [first, second] = await stored()
    await query(store, 'UPDATE backend_logout.job SET data = $2 WHERE id = $1', [first?.id, second?.data])
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1, dead: 1 })
    expect(await codes(outbox)).toEqual(['misplaced'])
    expect(revocations(provider)).toBe(1)
  })

  test('into another schema is detected', async () => {
    {
      await using outbox = await open({ store: { postgres: store, schema: 'another' } })
      await outbox.add({ accessToken: 'x' })
    }
    await using outbox = await open()
    await query(
      store,
      `INSERT INTO backend_logout.job (id, name, data) SELECT id, name, data FROM another.job WHERE name = 'logouts'`,
    )
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 1 })
    expect([await codes(outbox), revocations(provider)]).toEqual([['misplaced'], 0])
  })

  test('to the dead letters, and back by a retry, is revoked as usual and keeps its id', async () => {
    await using outbox = await open()
    const [accessToken = ''] = await provider.issueTokens(1)
    const id = await outbox.add({ accessToken })
    provider.answerNext({ status: 400, body: { error: 'invalid_request' } })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ dead: 1 })
    expect((await outbox.deadLetters()).map((letter) => letter.id)).toEqual([id])
    expect(await outbox.retry(id)).toBe(1)
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    expect(events.at(-1)).toMatchObject({ type: 'revoked', id })
  })
})

test('concurrent retries move each dead letter once', async () => {
  await using first = await open()
  await using second = await open()
  const tokens = await provider.issueTokens(300)
  await first.addMany(tokens.map((accessToken) => ({ accessToken })))
  provider.answerAlways({ status: 400, body: { error: 'invalid_request' } })
  await first.work({ untilEmpty: true })
  provider.reset()
  const stop = new AbortController()
  const work = first.work({ signal: stop.signal })
  const counts = await Promise.all([first.retry('all'), second.retry('all'), first.retry('all')])
  expect(counts.reduce((sum, count) => sum + count)).toBe(300)
  await untilSettled(first)
  stop.abort()
  expect(await work).toMatchObject({ revoked: 300 })
  expect(await first.stats()).toMatchObject({ pending: 0, active: 0, dead: 0 })
  expect(revocations(provider)).toBe(300)
})
