import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { startTcpProxy } from '@backend-logout/tests-outbox/tcp-proxy'

/** True if a commit waits for the standby. */
export type Replication = 'synchronous' | 'asynchronous'

/** A primary and its standby, behind one address. */
export interface Cluster extends AsyncDisposable {
  /** The address of a database on the current primary. */
  readonly address: string
  /** The address of the standby, which is read-only. */
  standby(): string
  /** Kills the primary with SIGKILL and promotes the standby. A new standby follows when `attach` is called. */
  failOver(): Promise<void>
  attach(): Promise<void>
}

const DATABASE = 'cluster'

/** Starts both servers. */
export async function startCluster(replication: Replication): Promise<Cluster> {
  let primary = await startPostgres()
  let standby: PostgresServer | undefined
  let standbyPort = 0
  const first = await primary.database(DATABASE)
  const proxy = await startTcpProxy(Number(new URL(first).port))
  const address = first.replace(/:\d+\//, `:${proxy.port}/`)
  const direct = (server: PostgresServer): Promise<string> => server.database('postgres')

  const portOf = async (server: PostgresServer): Promise<number> => Number(new URL(await direct(server)).port)

  const attach = async (): Promise<void> => {
    standby = await primary.standby()
    standbyPort = await portOf(standby)
    const admin = await direct(primary)
    if (replication === 'synchronous') {
      await query(admin, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
      await query(admin, 'SELECT pg_reload_conf()')
    }
    const wanted = replication === 'synchronous' ? 'sync' : 'async'
    for (;;) {
      const [row] = await query<{ state: string; caught_up: boolean }>(
        admin,
        `SELECT sync_state AS state, replay_lsn >= pg_current_wal_flush_lsn() - 1000000 AS caught_up FROM pg_stat_replication`,
      )
      if (row?.state === wanted && row.caught_up) return
      await sleep(50)
    }
  }
  await attach()
  return {
    address,
    standby: () => first.replace(/:\d+\//, `:${standbyPort}/`),
    async failOver() {
      const next = standby as PostgresServer
      await primary.kill()
      await query(await direct(next), 'SELECT pg_promote()')
      proxy.leadTo(await portOf(next))
      await primary[Symbol.asyncDispose]()
      primary = next
      standby = undefined
    },
    attach,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      await standby?.[Symbol.asyncDispose]()
      await primary[Symbol.asyncDispose]()
    },
  }
}
