import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createLogoutClient } from '@backend-logout/core'
import { type Outbox, type OutboxEvent, openOutbox } from '@backend-logout/outbox'
import { everythingIn, leakDetector, makeCanaries } from '@backend-logout/tests-faults/canaries'
import { unprintableIn, writeRows } from '@backend-logout/tests-outbox/alien-rows'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../../../packages/cli/src/program.ts'
import { createTerminal } from '../../../packages/cli/src/terminal/terminal.ts'
import { alienRows, type Row, withJwe } from './alien-rows.ts'
import { run } from './campaign.ts'

const COMMANDS = [['dead'], ['dead', '--json'], ['stats'], ['stats', '--json']] as const

interface Input {
  readonly rows: readonly Row[]
  /** The command of `backend-logout outbox` that reads them. */
  readonly command: (typeof COMMANDS)[number]
}

const canaries = makeCanaries()
const { accessToken, refreshToken, appSecret } = canaries
const leaksIn = leakDetector(canaries)
const key = { kid: 'first', key: randomBytes(32).toString('base64url') }

let provider: Server
let postgres: PostgresServer
let store: string
let outbox: Outbox
let events: OutboxEvent[] = []
const sent = new Set<string>()

beforeAll(async () => {
  provider = createServer(async (request, response) => {
    sent.add(new URLSearchParams(await text(request)).get('token') ?? '')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const { port } = provider.address() as AddressInfo
  const client = createLogoutClient({ appId: 'app', appSecret, appHost: `http://127.0.0.1:${port}`, retries: 0 })
  postgres = await startPostgres({ settings: ['fsync=off', 'synchronous_commit=off'] })
  store = await postgres.database('fuzz')
  const onEvent = (event: OutboxEvent): unknown => events.push(event)
  outbox = await openOutbox({ client, store, encryptionKeys: [key], maxRefusals: 1, onEvent })
})
afterAll(async () => {
  await outbox?.close()
  await postgres?.[Symbol.asyncDispose]()
  provider.closeAllConnections()
  provider.close()
})

test('rows', () =>
  run<Input>({
    name: 'rows',
    inputs: fc.record({ rows: alienRows, command: fc.constantFrom(...COMMANDS) }),
    known: [],
    limitMs: 60_000,
    async send({ rows, command }) {
      events = []
      sent.clear()
      await query(store, 'DELETE FROM backend_logout.job')
      const id = await outbox.add({ accessToken, refreshToken })
      const own = await query<{ jwe: string }>(
        store,
        `SELECT data->>'jwe' AS jwe FROM backend_logout.job WHERE id = '${id}'`,
      )
      await writeRows(
        store,
        rows.map((row) => withJwe(row, own[0]?.jwe ?? '')),
      )
      const { pending, active, dead, oldestAgeMs } = await outbox.stats()
      for (const count of [pending, active, dead, oldestAgeMs]) expect(Number.isFinite(count)).toBe(true)
      await outbox.retry('all')

      // Rows of others stop no logout of ours, and send nothing of theirs.
      await outbox.work({ untilEmpty: true, signal: AbortSignal.timeout(50_000) })
      expect(events.filter((event) => event.type === 'revoked' && event.id === id)).toHaveLength(1)
      expect(Array.from(sent).filter((token) => token !== accessToken && token !== refreshToken)).toEqual([])
      expect(events.filter(({ type }) => type === 'store_error')).toEqual([])

      const letters = await outbox.deadLetters({ limit: 100_000 })
      for (const { deadAt, addedAt, tokens } of letters) {
        for (const time of [deadAt, addedAt, ...tokens.map(({ expiresAt }) => expiresAt)]) time?.toISOString()
      }
      expect(unprintableIn([letters, events])).toEqual([])
      expect(leaksIn(everythingIn([events, letters]) + (await show(command)))).toEqual([])
    },
  }))

/** The output of the command line for the stored rows. */
async function show(command: readonly string[]): Promise<string> {
  const shown: string[] = []
  const stream = (): PassThrough => {
    const made = new PassThrough()
    made.setEncoding('utf8').on('data', (some: string) => shown.push(some))
    return made
  }
  const env = { OUTBOX_STORE: store, OUTBOX_KEYS: `${key.kid}:${key.key}` }
  const terminal = createTerminal({ env, stdin: Readable.from([]), stdout: stream(), stderr: stream() })
  const code = await runProgram(['outbox', ...command], terminal)
  const all = shown.join('')
  expect([0, 1], all).toContain(code)
  expect(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(all)?.[0]).toBeUndefined()
  return all
}
