/**
 * Measures the revocation list: `pnpm --filter @backend-logout/benchmarks run bench:revocations`, with `--quick` for a
 * shorter run. `npm run bench` also does so.
 *
 * Writes `docs/revocations-results.md`; a quick run writes nothing.
 */
import { execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { followRevocations, type RevocationEntry, revocationFeed } from '@backend-logout/revocations'
import { bearerAuthorization, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { table } from '@backend-logout/tests-outbox/results'
import { serve } from 'srvx'
import type { CheckResult } from './revocations-check.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const { quick } = values
const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const ISS = 'https://id.example.com'
const SECRET = 'secret-of-the-benchmark'
const FOLLOWERS = quick ? 100 : 1_000
const SNAPSHOT = quick ? 10_000 : 100_000
const ENTRIES = quick ? 100_000 : 1_000_000
const loadBefore = (loadavg()[0] ?? 0).toFixed(1)

let names = 0
const entry = (): RevocationEntry & { jti: string } => {
  return { iss: ISS, jti: `token-${++names}`, until: Math.floor(Date.now() / 1000) + 3600 }
}
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const clock = (): number => performance.timeOrigin + performance.now()
const percentile = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? Number.NaN

async function measureCheck(): Promise<CheckResult> {
  const redis = await startRedis()
  try {
    const child = fork(program('revocations-check.ts'), [String(ENTRIES), redis?.path ?? ''], {
      execArgv: ['--expose-gc'],
    })
    const [result] = (await once(child, 'message')) as [CheckResult]
    return result
  } finally {
    await redis?.stop()
  }
}

/** If there is a Redis on the machine, such as one unpacked from `apt-get download redis-server` and on the path. */
async function startRedis(): Promise<{ path: string; stop(): Promise<void> } | undefined> {
  try {
    execFileSync('redis-server', ['--version'])
  } catch {
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'revocations-benchmark-'))
  const socket = join(folder, 'redis.sock')
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''])
  const ended = once(server, 'exit')
  await sleep(1_000)
  return {
    path: socket,
    async stop() {
      server.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

say('check() …')
const checked = await measureCheck()

await using postgres = await startPostgres()
await using log = await openRevocationLog({ store: await postgres.database('revocations') })
const feed = createRevocationFeedHandler({ log, authorize: bearerAuthorization(SECRET), maxOpen: 2 * FOLLOWERS })
const server = serve({ fetch: feed, port: 0, hostname: '127.0.0.1', silent: true })
await server.ready()
const url = `${server.url}revocations`
const follow = () => followRevocations({ source: revocationFeed(url, { authorization: `Bearer ${SECRET}` }) })

say('append() to check() …')
const latencies: number[] = []
{
  await using list = follow()
  await list.ready
  for (let index = 0; index < (quick ? 50 : 500); index++) {
    const added = entry()
    const startedAt = performance.now()
    const appending = log.append(added)
    while (list.check({ ...added, iat: 0 }) !== 'revoked') await new Promise((resolve) => setImmediate(resolve))
    latencies.push(performance.now() - startedAt)
    await appending
    await sleep(10)
  }
}

say(`${FOLLOWERS} followers …`)
const arrivals: number[] = []
{
  const child = fork(program('revocations-followers.ts'), [url, String(FOLLOWERS)])
  await new Promise<void>((resolve) => child.on('message', (message) => message === 'ready' && resolve()))
  await sleep(3_000)
  for (let round = 0; round < (quick ? 3 : 20); round++) {
    const all = once(child, 'message')
    const startedAt = clock()
    await log.append(entry())
    const [{ arrivals: times }] = (await all) as [{ arrivals: readonly number[] }]
    arrivals.push(...times.map((time) => time - startedAt))
    await sleep(500)
  }
  child.send('close')
  await once(child, 'exit')
}

say('64 callers …')
let appended = 0
const seconds = quick ? 1 : 5
const until = performance.now() + seconds * 1_000
await Promise.all(
  Array.from({ length: 64 }, async () => {
    while (performance.now() < until) {
      await log.append(entry())
      appended++
    }
  }),
)

say('A snapshot …')
await using full = await openRevocationLog({ store: await postgres.database('snapshot') })
for (let index = 0; index < SNAPSHOT; index += 1_000) await full.append(Array.from({ length: 1_000 }, entry))
const fullServer = serve({
  fetch: createRevocationFeedHandler({ log: full, authorize: bearerAuthorization(SECRET) }),
  port: 0,
  hostname: '127.0.0.1',
  silent: true,
})
await fullServer.ready()
const snapshotAt = performance.now()
const whole = followRevocations({
  source: revocationFeed(`${fullServer.url}revocations`, { authorization: `Bearer ${SECRET}` }),
})
await whole.ready
const snapshotS = (performance.now() - snapshotAt) / 1_000
if (whole.size !== SNAPSHOT) throw new Error(`The snapshot has ${whole.size} entries.`)
await whole.close()
await Promise.all([server.close(true), fullServer.close(true)])

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)))
const us = (ns: number): string => (ns / 1_000).toFixed(ns < 10_000 ? 2 : 0)
const isReached = (value: number, goal: number): string => (value <= goal ? 'yes' : '**no**')
const share = (checked.warmNs / checked.jwtVerifyNs) * 100
const megabytes = (checked.megabytes / checked.entries) * 1e6
const [p50, p99, many] = [percentile(latencies, 0.5), percentile(latencies, 0.99), percentile(arrivals, 0.99)]
const perSecond = appended / seconds
const count = (value: number): string => value.toLocaleString('en')

const body = `# Revocation list: results

Measured on ${new Date().toISOString().slice(0, 10)} with \`pnpm --filter @backend-logout/benchmarks run bench:revocations\`, which \`npm run bench\`
also runs: ${cpus()[0]?.model}, ${cpus().length} cores, Node.js ${process.versions.node}, load average ${loadBefore} before the run. Writer, feed, readers and
Postgres share these cores. Times of \`check()\`, \`jwtVerify\` and the filter are processor time,
of \`check()\` the median of 15 rounds. All others are elapsed time, which is longer on a busy machine.

${table(
  ['measurement', 'goal', 'measured', 'reached'],
  [
    [
      `\`check()\` with ${count(checked.entries)} entries, warm`,
      '≤ 200 ns',
      `${Math.round(checked.warmNs)} ns`,
      isReached(checked.warmNs, 200),
    ],
    ['the same, cold: claims freshly parsed', '≤ 2 µs', `${us(checked.coldNs)} µs`, isReached(checked.coldNs, 2_000)],
    ['the same, warm, to `jose.jwtVerify` with RS256', '≤ 2 %', `${share.toFixed(2)} %`, isReached(share, 2)],
    ['memory per million entries', '≤ 100 MB', `${Math.round(megabytes)} MB`, isReached(megabytes, 100)],
    ['`append()` until `check()` says `revoked`, Postgres, p50', '≤ 5 ms', `${ms(p50)} ms`, isReached(p50, 5)],
    ['the same, p99', '≤ 50 ms', `${ms(p99)} ms`, isReached(p99, 50)],
    [`${count(FOLLOWERS)} followers on one feed process, p99`, '≤ 250 ms', `${ms(many)} ms`, isReached(many, 250)],
    [`snapshot of ${count(SNAPSHOT)} entries`, '≤ 2 s', `${snapshotS.toFixed(2)} s`, isReached(snapshotS, 2)],
    [
      'durable appends per second, Postgres, 64 callers',
      '≥ 3,000',
      count(Math.round(perSecond)),
      isReached(3_000, perSecond),
    ],
  ],
)}

For comparison, in the same run:

${table(
  ['one lookup', 'µs'],
  [
    ['`check()`, warm', us(checked.warmNs)],
    ['`check()`, cold', us(checked.coldNs)],
    ['of which reading the wall clock', us(checked.wallClockNs)],
    ['reading the steady clock, in the first `check()` of each millisecond', us(checked.steadyClockNs)],
    ['`has()` of `bloom-filters` with 100,000 entries', us(checked.bloomNs)],
    [
      '`GET` of a Redis on a Unix socket',
      checked.redisNs === undefined ? 'no Redis on this machine' : us(checked.redisNs),
    ],
    ['`jose.jwtVerify` with RS256', us(checked.jwtVerifyNs)],
  ],
)}

Where the time goes:

- A \`check()\` that returns \`valid\` reads the wall clock. The lookups and the validation of names take the rest. Only the first
  call of each millisecond also reads the steady clock, and takes longer.
- All followers run in one process, each with a separate connection, on the same two cores as the feed and
  Postgres. 50 of them are lists. The other 950 read the same feed through \`node:http\`, which costs the process less than
  \`fetch\`, and keep nothing: in production, they run elsewhere. The entry is read from Postgres and made into JSON once.
`
process.stdout.write(body)
if (!quick) await writeFile(fileURLToPath(new URL('../../docs/revocations-results.md', import.meta.url)), body)
process.exit(0)
