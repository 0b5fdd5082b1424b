import { expect, test } from 'vitest'
import { OutboxError } from './errors.ts'
import { createHealth } from './health.ts'
import { openOutbox } from './open-outbox.ts'

const STATS = { pending: 1, active: 0, dead: 0, oldestAgeMs: 5 }

test('an outbox is ready while it is open, reports its content, and is closed after that', async () => {
  const outbox = await openOutbox({ store: { memory: true } })
  await outbox.add({ accessToken: 'one' })
  expect(await outbox.health()).toEqual({
    ok: true,
    state: 'ready',
    working: false,
    stats: expect.objectContaining({ pending: 1, dead: 0 }),
    lastError: undefined,
  })
  await outbox.close()
  expect(await outbox.health()).toMatchObject({ ok: false, state: 'closed', working: false, stats: undefined })
})

test('it reports whether this process works', async () => {
  const client = { logout: () => new Promise<never>(() => {}) }
  await using outbox = await openOutbox({ store: { memory: true }, client, provider: 'https://id.example.com' })
  const stop = new AbortController()
  const working = outbox.work({ signal: stop.signal, graceMs: 0 })
  expect(await outbox.health()).toMatchObject({ ok: true, working: true })
  stop.abort()
  await working
  expect(await outbox.health()).toMatchObject({ ok: true, working: false })
})

test('a database that does not respond makes it unavailable within two seconds, and nothing rejects', async () => {
  const hanging = createHealth(
    () => new Promise<never>(() => {}),
    () => false,
  )
  const startedAt = performance.now()
  expect(await hanging()).toMatchObject({ ok: false, state: 'unavailable', lastError: { code: 'store_unavailable' } })
  expect(performance.now() - startedAt).toBeGreaterThan(1_900)
  const failing = createHealth(
    () => Promise.reject(new OutboxError('store_unavailable', 'down')),
    () => false,
  )
  expect(await failing()).toMatchObject({ ok: false, state: 'unavailable', lastError: { message: 'down' } })
})

test('concurrent probes share one query, and later ones get a new response', async () => {
  let count = 0
  const health = createHealth(
    async () => ({ ...STATS, pending: ++count }),
    () => false,
  )
  await Promise.all(Array.from({ length: 20 }, health))
  expect(count).toBe(1)
  expect(await health()).toMatchObject({ stats: { pending: 2 } })
})
