import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'
import { createPostgresSessionIndex } from '@backend-logout/receiver'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import pg from 'pg'
import { expect, test } from 'vitest'
import { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'

/** Connections that the server ends together with itself are no news. */
function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const ROUNDS = process.env.LONG ? 30 : 6
const USERS = 40

/** Starts a receiver, and waits until it listens. */
async function start(env: Record<string, string>): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const program = join(import.meta.dirname, 'programs/receiver-process.ts')
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, url: `http://127.0.0.1:${String(port).trim()}/` }
}

test(`whatever was answered with 200 is true after kill -9, ${ROUNDS} times`, async () => {
  await using issuer = await TestIssuer.start()
  await using provider = await startEmulator({ accessTokenFormat: 'opaque' })
  await using postgres = await startPostgres()
  const DATABASE = await postgres.database('crash')
  const OUTBOX_KEY = randomBytes(32).toString('base64url')
  const env = { ISSUER: issuer.url, DATABASE, OUTBOX_KEY }
  const pool = openPool(DATABASE)
  await pool.query('CREATE TABLE app_session (id text PRIMARY KEY, token text NOT NULL)')
  const index = createPostgresSessionIndex({ pool, end: () => {} })
  const acknowledged: { readonly sub: string; readonly id: string; readonly token: string }[] = []
  let interrupted = 0
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = await provider.issueTokens(USERS)
      const users = tokens.map((token, n) => ({ sub: `user-${round}-${n}`, id: `session-${round}-${n}`, token }))
      for (const { sub, id, token } of users) {
        await pool.query('INSERT INTO app_session VALUES ($1, $2)', [id, token])
        await index.add(id, { iss: issuer.url, sub, iat: 1 })
      }
      const { child, url } = await start(env)
      // Killed while others are still under way.
      let untilKill = randomInt(1, USERS / 2)
      const reports = users.map(async (user) => {
        const logout_token = await issuer.token({ sub: user.sub, sid: undefined })
        const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token }) })
        if (answer.status === 200) acknowledged.push(user)
        if (--untilKill === 0) child.kill('SIGKILL')
      })
      const ends = await Promise.allSettled(reports)
      interrupted += ends.filter(({ status }) => status === 'rejected').length
    }
    // Neither all nor none: the kills came in between.
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(interrupted).toBeGreaterThan(0)

    const { rows: left } = await pool.query('SELECT id FROM app_session')
    const live = new Set(left.map(({ id }) => id as string))
    expect(acknowledged.filter(({ id }) => live.has(id))).toEqual([])
    const { rows: listed } = await pool.query('SELECT sub FROM backend_logout_revocations.entry WHERE iss = $1', [
      issuer.url,
    ])
    const subjects = new Set(listed.map(({ sub }) => sub as string))
    expect(acknowledged.filter(({ sub }) => !subjects.has(sub))).toEqual([])
    const { appId, appSecret = '' } = provider.app
    await using client = createLogoutClient({ appId, appSecret, appHost: provider.appHost })
    await using outbox = await openOutbox({
      client,
      provider: 'any',
      store: DATABASE,
      encryptionKeys: [{ kid: '1', key: OUTBOX_KEY }],
    })
    await outbox.work({ untilEmpty: true })
    for (const { token } of acknowledged) expect(await provider.isActive(token)).toBe(false)

    // What was not acknowledged is delivered again, and ends.
    const { child, url } = await start(env)
    const again = left.map(async ({ id }) => {
      const logout_token = await issuer.token({ sub: String(id).replace('session', 'user'), sid: undefined })
      return (await fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token }) })).status
    })
    expect(new Set(await Promise.all(again)).difference(new Set([200]))).toEqual(new Set())
    child.kill('SIGKILL')
    expect((await pool.query('SELECT id FROM app_session')).rows).toEqual([])
  } finally {
    await pool.end()
  }
})

test('a login and its logout that cross each other at two processes never leave a session', async () => {
  await using postgres = await startPostgres()
  const connectionString = await postgres.database('races')
  const pools = [openPool(connectionString), openPool(connectionString)] as const
  const live = new Set<string>()
  try {
    const [one, other] = pools.map((pool) => createPostgresSessionIndex({ pool, end: (id) => live.delete(id) }))
    const iss = 'https://id.example.com'
    await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const id = `session-${n}`
        live.add(id)
        const logIn = async (): Promise<void> => {
          if (!(await one?.add(id, { iss, sub: id, sid: id, iat: 100 }))) live.delete(id)
        }
        const logOut = async (): Promise<void> => {
          for (const found of (await other?.find({ iss, sid: id, at: 101 })) ?? []) await other?.end(found)
        }
        await Promise.all(n % 2 ? [logIn(), logOut()] : [logOut(), logIn()])
      }),
    )
    expect([...live]).toEqual([])
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
})
