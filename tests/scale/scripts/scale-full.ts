/**
 * Measures the outbox on many workers and through failovers, and writes docs/outbox-results.md. Arguments: sections, or
 * `growth=100000` for fewer than a million logouts.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { table, writeResults } from '@backend-logout/tests-outbox/results'
import { failOverRounds } from '../src/failover.ts'
import { startLimitedProvider } from '../src/fleet.ts'
import { watchGrowth } from '../src/growth.ts'
import { addBesideBacklog } from '../src/lanes.ts'
import { surviveOutage } from '../src/outage.ts'
import { drainAtLimit, type PaceResult } from '../src/pace.ts'
import { plotFailover } from '../src/plot.ts'

const COMMAND = 'pnpm --filter @backend-logout/tests-scale run scale:full'
const IMAGES = join(import.meta.dirname, '../../../docs/images')
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const seconds = (value: number): string => value.toFixed(1)

const sections: Record<string, (size?: string) => Promise<void>> = {
  async pace() {
    const results: PaceResult[] = []
    for (const workers of [1, 4, 16, 'come and go'] as const) {
      await using provider = await startLimitedProvider()
      await using postgres = await startPostgres()
      const store = await postgres.database('pace')
      results.push(await drainAtLimit(provider, store, { limit: 'windows', workers, seconds: 130 }))
      if (workers !== 4) continue
      const again = await drainAtLimit(provider, store, { limit: 'windows', workers, seconds: 130 })
      results.push({ ...again, workers: '4, started again' })
    }
    for (const bulk of ['a bulk run', 'a bulk run with its own pace'] as const) {
      await using provider = await startLimitedProvider()
      await using postgres = await startPostgres()
      const store = await postgres.database('pace')
      results.push(await drainAtLimit(provider, store, { limit: 'windows', workers: 2, seconds: 130, bulk }))
    }
    for (const limit of ['sliding window', 'bucket'] as const) {
      await using provider = await startLimitedProvider()
      await using postgres = await startPostgres()
      const store = await postgres.database('pace')
      results.push(await drainAtLimit(provider, store, { limit, workers: 4, seconds: 130 }))
    }
    const rows = results.map(({ limit, workers, used, usedLater, refused, fewest, most }) => [
      ...[limit, workers, percent(used), percent(usedLater), percent(refused)],
      `${fewest} to ${most}`,
    ])
    const head = [
      'provider counts in',
      'workers',
      'used',
      'used after 20 s',
      'refused',
      'admitted in a second, after 20 s',
    ]
    writeResults(
      'pace',
      'One rate for many workers',
      `${COMMAND} pace`,
      `Workers, each in a separate process, drain one Postgres for 130 seconds. The provider admits 200 requests per second and
refuses the rest. The workers find this limit within the first seconds; each refusal costs a pause of a second. Workers
that are started again begin with the limit in the database. In the row "come and go", every ten seconds one worker is
killed with SIGKILL and another one is started. A bulk run is \`backend-logout revoke\` with \`--outbox\`, which takes turns
with the workers; with its own pace, it runs without \`--outbox\`.

${table(head, rows)}`,
    )
  },

  async lanes() {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    const rows: (string | number)[][] = []
    for (const [backlog, bulk] of [
      [0, false],
      [100_000, false],
      [1_000_000, false],
      [100_000, true],
    ] as const) {
      const store = await postgres.database(`lanes_${backlog}_${bulk}`)
      const size = { backlog, bulk, workers: 4, seconds: 20, perSecond: 25 }
      const { added, p50, p99, slowest, backlogShare, bulkShare } = await addBesideBacklog(provider, store, size)
      rows.push([
        `${backlog.toLocaleString('en-US')}${bulk ? ' and a bulk run' : ''}`,
        ...[added, p50, p99, slowest, backlog > 0 ? percent(backlogShare) : '–', bulk ? percent(bulkShare) : '–'],
      ])
    }
    const head = [
      'backlog',
      'added',
      'median (ms)',
      'p99 (ms)',
      'slowest (ms)',
      'share of the backlog',
      'of the bulk run',
    ]
    writeResults(
      'lanes',
      'Interactive logouts during a backlog',
      `${COMMAND} lanes`,
      `Four workers drain a backlog. The provider admits 500 requests per second. Meanwhile, a process without a worker adds 25
logouts per second with \`add()\`. The times are from the end of \`add()\` to the first attempt. The bulk run is
\`backend-logout revoke\` with \`--outbox\`; the share of the backlog includes its requests.

${table(head, rows)}`,
    )
  },

  async growth(size = '1000000') {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    const result = await watchGrowth(provider, postgres, { size: Number(size), workers: 4, idleSeconds: 60 })
    const rows = result.samples.map(({ waiting, tables, indexes, memory }) => [
      ...[waiting.toLocaleString('en-US'), Math.round(tables), Math.round(indexes)],
      `${Math.round(Math.min(...memory))} to ${Math.round(Math.max(...memory))}`,
    ])
    writeResults(
      'growth',
      'Growth',
      `${COMMAND} growth${size === '1000000' ? '' : `=${size}`}`,
      `Four workers drain ${Number(size).toLocaleString('en-US')} logouts from a provider without a limit. The last row is a minute after the last logout. Until a
vacuum has run, the tables also hold what was deleted; it is used for the next logouts.

${table(['waiting', 'tables (MB)', 'indexes (MB)', 'memory of a worker (MB)'], rows)}

The most memory that a worker ever had is ${Math.round(result.mostMemory)} MB. Without work, the database completes ${result.idlePerSecond.toFixed(1)}
transactions a second for each worker, vacuums included.`,
    )
  },

  async outage() {
    await using provider = await startLimitedProvider()
    await using postgres = await startPostgres()
    const rows: (string | number)[][] = []
    for (const [index, lasts] of [10, 60, 150].entries()) {
      const store = await postgres.database(`outage_${index}`)
      const result = await surviveOutage(provider, store, { seconds: lasts, workers: 4 })
      const { probes, firstAfter, before, regainedAfter, most, pausedEvents } = result
      rows.push([lasts, probes, seconds(firstAfter), Math.round(before), regainedAfter, most, pausedEvents])
    }
    const head = [
      ...[
        'outage (s)',
        'requests during it',
        'first success after (s)',
        'per second before',
        '80 % of it again after (s)',
      ],
      ...['most in a second', '`paused` events of a worker'],
    ]
    writeResults(
      'outage',
      'Outage of the provider',
      `${COMMAND} outage`,
      `Four workers drain a backlog. The provider admits 200 requests per second, fails with 503, and recovers.

${table(head, rows)}`,
    )
  },

  async failover() {
    const rows: (string | number)[][] = []
    for (const replication of ['synchronous', 'asynchronous'] as const) {
      await using provider = await startLimitedProvider()
      const result = await failOverRounds(provider, replication, 20)
      const { rounds, acknowledged, rejected, lost, promotion, nextAdded, nextRevoked, samples, kills } = result
      rows.push([
        ...[replication, rounds, acknowledged, rejected, lost],
        ...[seconds(promotion), seconds(nextAdded), seconds(nextRevoked)],
      ])
      if (replication === 'asynchronous') continue
      const until = (kills[3] ?? Number.POSITIVE_INFINITY) + 4
      const shown = samples.filter(({ at }) => at < until)
      mkdirSync(IMAGES, { recursive: true })
      writeFileSync(
        join(IMAGES, 'outbox-failover.svg'),
        plotFailover(shown, kills.slice(0, 4), 'Logouts through four failovers'),
      )
    }
    const head = [
      ...['replication', 'primaries killed', 'acknowledged', 'rejected', 'lost'],
      ...['promoted after (s)', 'next `add()` after (s)', 'next revocation after (s)'],
    ]
    writeResults(
      'failover',
      'Failover of Postgres',
      `${COMMAND} failover`,
      `A primary and a standby are behind one address. While eight callers add logouts and two workers revoke them, the primary
is killed with SIGKILL, the standby is promoted, and a new standby is attached, repeatedly. At the end, every logout
that \`add()\` acknowledged is checked at the provider.

${table(head, rows)}

The first four failovers with synchronous replication; dashed lines are kills:

![Acknowledged and revoked logouts rise through four failovers; pending logouts fall back to zero after each](images/outbox-failover.svg)`,
    )
  },
}

const chosen = process.argv.slice(2).map((argument) => argument.split('='))
for (const [name, measure] of Object.entries(sections)) {
  const [, size] = chosen.find(([section]) => section === name) ?? []
  if (chosen.length === 0 || chosen.some(([section]) => section === name)) await measure(size)
}
