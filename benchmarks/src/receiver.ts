/**
 * Measures the receiver of logouts: `pnpm --filter @backend-logout/benchmarks run bench:receiver`, with `--quick` for a
 * shorter run. `npm run bench` also does so.
 *
 * Writes `docs/receiver-results.md`; a quick run writes nothing.
 */
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openOutbox } from '@backend-logout/outbox'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createPostgresSessionIndex,
} from '@backend-logout/receiver'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { table } from '@backend-logout/tests-outbox/results'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import pg from 'pg'
import { createKey, TestIssuer } from '../../packages/receiver/src/testing/issuer.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const { quick } = values
const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const loadBefore = (loadavg()[0] ?? 0).toFixed(1)
const FLOOD_S = quick ? 5 : 60
const NOTICES = quick ? 500 : 4_000
const CALLERS = 64

await using issuer = await TestIssuer.start('RS256')
const verifierOf = () => createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' })
const form = (logout_token: string): RequestInit => ({ method: 'POST', body: new URLSearchParams({ logout_token }) })
const report = (token: string): Request => new Request('https://app.example.com/backchannel-logout', form(token))

/** Processor time of this process, including all of its threads, for one run; in microseconds. */
async function cpuUs(count: number, run: (index: number) => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < count; index++) await run(index)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** The median of five rounds, after one that does not count. */
async function medianUs(count: number, run: (index: number) => unknown): Promise<number> {
  await cpuUs(count, run)
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) rounds.push(await cpuUs(quick ? Math.ceil(count / 10) : count, run))
  return rounds.sort((a, b) => a - b)[2] as number
}

say('Forged tokens …')
const now = Math.floor(Date.now() / 1000)
const stranger = await createKey('RS256', issuer.key.kid)
const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const anything = (length: number): string => 'A'.repeat(length)
/** A token with one more claim, and without a signature that could be mistaken for one. */
const claims = (more: string): string => {
  const text = JSON.stringify(issuer.claims({ aud: 'another' })).replace(/\}$/, `,"more":${more}}`)
  return `${json({ alg: 'RS256', kid: issuer.key.kid })}.${Buffer.from(text).toString('base64url')}.${anything(342)}`
}
/** Forgeries that are detected before any cryptography. */
const FORGED: Readonly<Record<string, string>> = {
  'text that is not a token': 'forged',
  '16 KiB that are not a token': `${anything(5_000)}.${anything(5_000)}.${anything(5_000)}`,
  '16 KiB of lists in lists': claims(`${'['.repeat(5_900)}${']'.repeat(5_900)}`),
  '16 KiB of members': claims(`{${Array.from({ length: 1_300 }, (_, n) => `"${n}":1`)}}`),
  '16 KiB of text': claims(`"${anything(11_800)}"`),
  // The maximum that is read.
  '8 KiB of members': claims(`{${Array.from({ length: 700 }, (_, n) => `"${n}":1`)}}`),
  '8 KiB of text': claims(`"${anything(5_700)}"`),
  '8 KiB of text that is not ASCII': claims(`"${'é'.repeat(2_850)}"`),
  'alg none': `${json({ alg: 'none' })}.${json(issuer.claims())}.`,
  'HS256 with the public key': `${json({ alg: 'HS256', kid: issuer.key.kid })}.${json(issuer.claims())}.${anything(43)}`,
  'another type of token': await issuer.sign(issuer.claims(), { typ: 'at+jwt' }, stranger),
  'another issuer': await issuer.sign(issuer.claims({ iss: 'https://id.example.com' }), {}, stranger),
  'another audience': await issuer.sign(issuer.claims({ aud: 'another' }), {}, stranger),
  'an ID token': await issuer.sign(issuer.claims({ events: undefined }), {}, stranger),
  'an expired token': await issuer.sign(issuer.claims({ iat: now - 900, exp: now - 600 }), {}, stranger),
  'an unknown key': await issuer.sign(issuer.claims({ exp: now + 3_600 }), { kid: 'nobody' }, stranger),
}
const verifier = verifierOf()
await verifier.verify(await issuer.token())
const forgedUs = new Map<string, number>()
for (const [name, token] of Object.entries(FORGED)) {
  forgedUs.set(name, await medianUs(3_000, () => verifier.verify(token).catch(() => {})))
}
const slowest = Math.max(...forgedUs.values())
const signature = await issuer.sign(issuer.claims({ exp: now + 3_600 }), {}, stranger)
const signatureUs = await medianUs(500, () => verifier.verify(signature).catch(() => {}))
const good = await issuer.token({ exp: now + 3_600 })
const goodUs = await medianUs(500, () => verifier.verify(good))
const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))
const joseUs = await medianUs(500, () => jwtVerify(good, keys, { issuer: issuer.url, audience: 'app' }))
const handler = createBackChannelHandler({ verifier, sessions: { find: () => [], end: () => {} } })
const forgedReport = FORGED['another audience'] as string
const answeredUs = await medianUs(1_000, () => handler(report(forgedReport)))
const requestUs = await medianUs(1_000, () => report(forgedReport).text())

say(`${FLOOD_S} seconds of tokens with unknown keys …`)
const flooded = verifierOf()
await flooded.verify(await issuer.token())
const requestsBefore = issuer.keyRequests
let floods = 0
{
  const unknown = FORGED['an unknown key'] as string
  const until = performance.now() + FLOOD_S * 1_000
  while (performance.now() < until) {
    await Promise.all(Array.from({ length: 20 }, () => flooded.verify(unknown).catch(() => {})))
    floods += 20
    await sleep(20)
  }
}
const keyRequests = issuer.keyRequests - requestsBefore

await using postgres = await startPostgres()
const database = await postgres.database('receiver')
const pool = new pg.Pool({ connectionString: database, max: 20 })
// Postgres may stop before its connections have closed.
pool.on('error', () => {})
await pool.query(
  'CREATE TABLE app_session (id text PRIMARY KEY, access_token text NOT NULL, refresh_token text NOT NULL)',
)
const sessions = createPostgresSessionIndex({
  pool,
  async tokens(id) {
    const { rows } = await pool.query('SELECT access_token, refresh_token FROM app_session WHERE id = $1', [id])
    return rows[0] && { accessToken: rows[0].access_token, refreshToken: rows[0].refresh_token }
  },
  end: (id) => pool.query('DELETE FROM app_session WHERE id = $1', [id]),
})
await using outbox = await openOutbox({
  store: database,
  provider: 'benchmark',
  encryptionKeys: [{ kid: '1', key: new Uint8Array(32).fill(7) }],
})
await using log = await openRevocationLog({ store: database })

/** Reports logouts, many at a time, and measures the cost for this process. */
async function receive(hasSession: boolean): Promise<{ perCpuSecond: number; perSecond: number }> {
  const receiver = createBackChannelHandler({ verifier: verifierOf(), sessions, outbox, revocations: log })
  const tokens: string[] = []
  for (let index = 0; index < NOTICES; index++) {
    const sub = `${hasSession ? 'user' : 'nobody'}-${index}`
    tokens.push(await issuer.token({ sub, sid: sub, exp: now + 3_600 }))
    if (!hasSession) continue
    await pool.query('INSERT INTO app_session VALUES ($1, $2, $3)', [
      sub,
      `access-${anything(30)}`,
      `refresh-${anything(30)}`,
    ])
    await sessions.add(sub, { iss: issuer.url, sub, sid: sub, iat: now - 60 })
  }
  const requests = tokens.map(report)
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const left = requests.values()
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (const request of left) {
        const { status } = await receiver(request)
        if (status !== 200) throw new Error(`A report was answered with ${status}.`)
      }
    }),
  )
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - startedAt) / 1_000
  return { perCpuSecond: NOTICES / ((user + system) / 1e6), perSecond: NOTICES / seconds }
}
say(`${NOTICES} reports, nobody logged in …`)
await receive(false)
const nobody = await receive(false)
say(`${NOTICES} reports, each ends a session …`)
const each = await receive(true)
const { rows } = await pool.query('SELECT count(*)::int AS left FROM app_session')
if (rows[0].left !== 0) throw new Error(`${rows[0].left} sessions are left.`)
await pool.end()

const us = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} µs`
const count = (value: number): string => Math.round(value).toLocaleString('en')
const yes = (isReached: boolean): string => (isReached ? 'yes' : '**no**')

const body = `# Receiver of logouts: results

Measured on ${new Date().toISOString().slice(0, 10)} with \`pnpm --filter @backend-logout/benchmarks run bench:receiver\`, which \`npm run bench\`
also runs: ${cpus()[0]?.model}, ${cpus().length} cores, Node.js ${process.versions.node}, load average ${loadBefore} before the run. Times are processor
time of the receiver's process, including all of its threads, unless the table says that they are elapsed time.

${table(
  ['what', 'goal', 'measured', 'reached'],
  [
    ['a forged token, refused before any cryptography, slowest kind', '≤ 20 µs', us(slowest), yes(slowest <= 20)],
    [
      `requests for keys during ${FLOOD_S} s of tokens with unknown keys (${count(floods)} tokens)`,
      '≤ 2 a minute',
      String(keyRequests),
      yes(keyRequests <= 2),
    ],
    [
      'reports per second of processor time on Postgres, nobody logged in',
      '≥ 1,000',
      count(nobody.perCpuSecond),
      yes(nobody.perCpuSecond >= 1_000),
    ],
    [
      'the same, each ends a session with two tokens',
      '≥ 1,000',
      count(each.perCpuSecond),
      yes(each.perCpuSecond >= 1_000),
    ],
  ],
)}

For each report, a token that is signed with RS256 is verified, an entry is written to the revocation log, the session's
tokens are written to the outbox, encrypted, and the session is deleted from the application's table and from the index:
all in the same Postgres, ${CALLERS} reports at a time. Elapsed time, with Postgres on the same cores: ${count(nobody.perSecond)} per second with nobody
logged in, ${count(each.perSecond)} per second with a session each. The HTTP server in front of the handler is not included.

## Forged tokens

${table(
  ['refused by the verifier', 'processor time'],
  [
    ...Array.from(forgedUs, ([name, value]) => [name, us(value)]),
    ['a wrong signature, with the name of a real key', us(signatureUs)],
  ],
)}

For comparison, in the same run:

${table(
  ['what', 'processor time'],
  [
    ['a good token is verified', us(goodUs)],
    ['`jose.jwtVerify` verifies it, without what else a logout token needs', us(joseUs)],
    ['the handler refuses a forged token, from `Request` to `Response`', us(answeredUs)],
    ['of which creating the `Request` and reading its body as text', us(requestUs)],
  ],
)}
`
process.stdout.write(body)
if (!quick) await writeFile(fileURLToPath(new URL('../../docs/receiver-results.md', import.meta.url)), body)
