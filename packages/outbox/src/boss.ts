import type { ConstructorOptions, Db, PgBoss } from 'pg-boss'

/** The storage of logouts: pg-boss, and the database below it. */
export interface Store {
  readonly boss: PgBoss
  readonly schema: string
  readonly kind: 'embedded' | 'postgres'
  /** The `synchronous_commit` of an insert; `undefined` for the server's setting. */
  readonly synchronousCommit?: string | undefined
  /** Only for readers: pg-boss is not started. */
  readonly readOnly?: boolean | undefined
  /** The maximum number of inserts in progress at the same time. */
  readonly inserts: number
  /** Runs statements that may take `ms` milliseconds each; embedded Postgres has no limit. */
  within(ms: number): Db
  /** The same for logouts that are added: they are as durable as the options require. */
  durably(ms: number): Db
  /** Runs statements that take effect together, or not at all. */
  transaction<T>(task: (db: Db) => Promise<T>): Promise<T>
  /** Closes what pg-boss does not close. */
  close(): Promise<void>
}

/** Time limit for a statement that adds, settles or keeps claims, in milliseconds. */
export const WRITE_MS = 4_000
/** Time limit for a statement that counts or lists, in milliseconds. */
export const READ_MS = 10_000

/** The default schema. The application's own pg-boss, if there is one, has another. */
export const SCHEMA = 'backend_logout'

/** Options of pg-boss that are the same for every database. */
export const BOSS_OPTIONS: ConstructorOptions = {
  schema: SCHEMA,
  schedule: false,
  // It would store the names of hosts; the outbox stores only fingerprints and times in readable form.
  registerInstance: false,
  persistWarnings: false,
  persistQueueStats: false,
  // Workers look for crashed ones themselves, and the outbox deletes completed jobs: little is left to maintain.
  monitorIntervalSeconds: 300,
  superviseIntervalSeconds: 300,
  // No logout depends on another one.
  flowIntervalSeconds: 300,
}
