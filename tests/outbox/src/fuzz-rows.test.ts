import { createLogoutClient } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { type OutboxEvent, openOutbox } from '@backend-logout/outbox'
import { expect, test } from 'vitest'
import { ALIEN_DATA, type AlienRow, unprintableIn, writeRows } from './alien-rows.ts'
import { query, startPostgres } from './postgres-server.ts'
import { createRandom, type Random } from './random.ts'
import { newKey } from './scene.ts'

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 5)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))

const TEXTS = ['', 'jwe', '\u001b[31m', '\u202e', '\r\n', '__proto__', 'constructor', 'network', '0', 'x'.repeat(9000)]
const NUMBERS = [0, -1, 1.5, 1e300, -1e300, 2 ** 53, Date.now(), 8.64e15]
const STATES = ['created', 'created', 'created', 'retry', 'completed', 'cancelled', 'failed']
const TIMES = ['infinity', '-infinity', '4714-11-24 BC', '294276-12-31', '1970-01-01', undefined, undefined, undefined]

function randomJson(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 5 ? 4 : 7)
  if (kind === 0) return random.pick([null, true, false])
  if (kind === 1) return random.pick(NUMBERS)
  if (kind === 2) return random.pick(TEXTS)
  if (kind === 3) return random.pick(ALIEN_DATA.slice(0, 26))
  const items = Array.from({ length: random.below(4) }, () => randomJson(random, depth + 1))
  if (kind === 4) return items
  const names = ['jwe', 'reason', 'attempts', 'code', 'status', 'at', 'tokens', 'until', ...TEXTS]
  return Object.fromEntries(items.map((item) => [random.pick(names), item]))
}

/** A JWE of the outbox, changed somewhere. */
function mutated(random: Random, jwe: string): string {
  const at = random.below(jwe.length)
  const kind = random.below(5)
  if (kind === 0) return jwe.slice(0, at)
  if (kind === 1) return `${jwe.slice(0, at)}${random.pick(['A', '.', '_', '!', '\u0007', 'é'])}${jwe.slice(at + 1)}`
  if (kind === 2) return `${jwe}${random.pick(['.', 'A', '..'])}`
  const [header = '', ...rest] = jwe.split('.')
  const readable = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  const name = random.pick([...Object.keys(readable), ...TEXTS])
  const changed = kind === 3 ? { ...readable, [name]: randomJson(random) } : randomJson(random)
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.')
}

function randomRow(random: Random, jwes: readonly string[]): AlienRow {
  const queue = random.pick(['logouts', 'logouts', 'dead-letters', 'notes'] as const)
  return {
    queue,
    data: random.chance(0.4) ? { jwe: mutated(random, random.pick(jwes)) } : randomJson(random),
    state: random.pick(STATES),
    createdOn: random.pick(TIMES),
    startAfter: random.pick(TIMES),
    singletonKey: random.pick(['pause', '\u001b', undefined]),
    retryCount: random.pick([0, 0, 1, 1_000_000]),
    output: random.chance(0.5) ? randomJson(random) : undefined,
    blocked: random.chance(0.1),
  } as AlienRow
}

test(`no row stops an outbox or reaches a provider (FUZZ_SEED=${seed} FUZZ_SECONDS=${SECONDS})`, async () => {
  const random = createRandom(seed)
  await using postgres = await startPostgres()
  const provider = await startEmulator()
  const { appId, appSecret } = provider.app
  const client = createLogoutClient({ appId, ...(appSecret && { appSecret }), appHost: provider.appHost })
  const store = await postgres.database('fuzz')
  const events: OutboxEvent[] = []
  await using outbox = await openOutbox({
    store,
    client,
    encryptionKeys: [newKey('fuzz')],
    maxRefusals: 1,
    onEvent: (event) => events.push(event),
  })
  const endAt = performance.now() + SECONDS * 1000
  let rows = 0
  try {
    do {
      const tokens = await provider.issueTokens(10)
      await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
      const stored = await query<{ jwe: string }>(
        store,
        `SELECT data->>'jwe' AS jwe FROM backend_logout.job WHERE name = 'logouts' AND state = 'created' LIMIT 10`,
      )
      const jwes = stored.map(({ jwe }) => jwe)
      const batch = Array.from({ length: 100 }, () => randomRow(random, jwes))
      rows += batch.length
      await writeRows(store, batch)

      const stats = await outbox.stats()
      for (const count of [stats.pending, stats.active, stats.dead, stats.oldestAgeMs]) {
        expect(Number.isFinite(count)).toBe(true)
      }
      await outbox.retry('all')
      const { revoked, expired } = await outbox.work({ untilEmpty: true, signal: AbortSignal.timeout(60_000) })
      expect([revoked, expired]).toEqual([10, 0])
      expect(await active(tokens)).toEqual([])
      const letters = await outbox.deadLetters({ limit: 100_000 })
      for (const { deadAt, addedAt, tokens } of letters) {
        for (const time of [deadAt, addedAt, ...tokens.map(({ expiresAt }) => expiresAt)]) time?.toISOString()
      }
      expect(unprintableIn([letters, events])).toEqual([])
      // What is left in the queue, such as rows in states of their own, only makes the next round longer.
      await query(store, `DELETE FROM backend_logout.job WHERE name <> 'dead-letters'`)
      await query(store, `DELETE FROM backend_logout.job WHERE name = 'dead-letters' AND random() < 0.7`)
    } while (performance.now() < endAt)
    expect(events.filter(({ type }) => type === 'store_error')).toEqual([])
    console.log(`${rows} rows, seed ${seed}`)
  } finally {
    await provider.close()
  }

  async function active(tokens: readonly string[]): Promise<string[]> {
    const states = await Promise.all(tokens.map((token) => provider.isActive(token)))
    return tokens.filter((_, index) => states[index])
  }
})
