/** A receiver in a separate process. Argument: {@link ReceiverArguments}, as JSON. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { openPrivateStore } from '@backend-logout/private-store'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createPostgresSessionIndex,
  type PostgresPool,
} from '@backend-logout/receiver'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { offer } from '@backend-logout/tests-outbox/remote'
import pg from 'pg'

/** Kills this process after this number of repetitions of a step. */
export type Moment = 'verified' | 'outbox' | 'revocations' | 'ended' | 'handled'

export interface ReceiverArguments {
  readonly issuer: string
  readonly provider: { readonly appHost: string; readonly appId: string; readonly appSecret: string }
  readonly outboxKey: string
  /** The address of a Postgres, or a folder for three PGlites. */
  readonly store: { readonly postgres: string } | { readonly folder: string }
  /** Kills this process after this number of repetitions of a step. */
  readonly kill?: { readonly after: Moment; readonly times: number } | undefined
}

/** A session of the application. */
export interface Session {
  readonly id: string
  readonly sub: string
  readonly token: string
}

const { issuer, provider, outboxKey, store, kill } = JSON.parse(process.argv[2] as string) as ReceiverArguments
const part = (name: string): string => ('folder' in store ? `${store.folder}/${name}` : store.postgres)
const pool: PostgresPool =
  'folder' in store ? await openPrivateStore(part('sessions')) : new pg.Pool({ connectionString: store.postgres })
await pool.query('CREATE TABLE IF NOT EXISTS app_session (id text PRIMARY KEY, token text NOT NULL)')

let left = kill?.times ?? Number.POSITIVE_INFINITY
/** Runs a step, and kills this process when its time has come: no finally, no flush, no response. */
async function step<T>(moment: Moment, run: () => T): Promise<Awaited<T>> {
  const result = await run()
  if (moment === kill?.after && --left === 0) {
    process.kill(process.pid, 'SIGKILL')
    // The signal may take a moment to arrive, and nothing else may happen until then.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  return result
}

const index = createPostgresSessionIndex({
  pool,
  tokens: async (id) => {
    const { rows } = await pool.query('SELECT token FROM app_session WHERE id = $1', [id])
    return rows.length === 0 ? undefined : { accessToken: (rows[0] as Session).token }
  },
  end: (id) => pool.query('DELETE FROM app_session WHERE id = $1', [id]),
})
const outbox = await openOutbox({
  store: part('outbox'),
  encryptionKeys: [{ kid: '1', key: outboxKey }],
  client: createLogoutClient(provider),
  provider: 'any',
})
const log = await openRevocationLog({ store: part('log') })
const verifier = createLogoutTokenVerifier({ issuer, clientId: 'app' })
const handler = createBackChannelHandler({
  verifier: {
    verify: (token) => step('verified', () => verifier.verify(token)),
    handled: (notice) => step('handled', () => verifier.handled(notice)),
  },
  sessions: { ...index, end: (id) => step('ended', () => index.end(id)) },
  outbox: { add: (tokens) => step('outbox', () => outbox.add(tokens)) },
  revocations: { append: (entries) => step('revocations', () => log.append(entries)) },
  storeTimeoutMs: 60_000,
})
const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
await once(server, 'listening')
const list = followRevocations({ source: log })
await list.ready

export const functions = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  async logIn(sessions: readonly Session[]): Promise<void> {
    for (const { id, sub, token } of sessions) {
      await pool.query('INSERT INTO app_session VALUES ($1, $2)', [id, token])
      await index.add(id, { iss: issuer, sub, iat: 1 })
    }
  },
  /** The ids of the remaining sessions. */
  async live(): Promise<string[]> {
    return (await pool.query('SELECT id FROM app_session')).rows.map((row) => (row as Session).id)
  },
  /** The tokens of these users that a service still accepts after its list has followed the log for five seconds. */
  async accepted(subs: readonly string[]): Promise<string[]> {
    const left = (): string[] => subs.filter((sub) => list.check({ iss: issuer, sub, iat: 1 }) !== 'revoked')
    for (let tries = 0; tries < 50 && left().length > 0; tries++) await sleep(100)
    return left()
  },
  /** Revokes everything in the outbox. */
  async drain(): Promise<void> {
    await outbox.work({ untilEmpty: true })
  },
}
offer(functions)
