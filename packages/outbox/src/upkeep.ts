import type { PgBoss } from 'pg-boss'
import { storeError } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'

/** Embedded Postgres cleans up after so many logouts, */
const BUSY_AFTER = 10_000
/** or after so many when there is nothing else to do. */
const IDLE_AFTER = 500
/** A claim that takes longer shows that the server knows too little about the table, in milliseconds. */
const SLOW_CLAIM_MS = 50
const ANALYZE_EVERY_MS = 60_000
/** What claims are chosen by. What logouts hold is most of the table, and nobody asks about it. */
const COLUMNS = '(name, state, blocked, priority, created_on, start_after)'

/**
 * Does for the table of jobs what a Postgres server does by itself, and embedded Postgres does not: makes room where
 * logouts are gone, and counts what is there, without which a claim would sort the whole backlog. A server counts once
 * a minute; where a backlog grew faster than that, it is told to.
 */
export class Upkeep {
  readonly #boss: PgBoss
  readonly #table: string
  readonly #kind: 'embedded' | 'server' | 'other'
  readonly #tell: OnOutboxEvent
  #gone = 0
  #analyzeAt = 0
  #running: Promise<void> | undefined

  /** @param kind `other` for databases that are like Postgres, and see to it themselves. */
  constructor(boss: PgBoss, schema: string, kind: 'embedded' | 'server' | 'other', tell: OnOutboxEvent) {
    this.#boss = boss
    this.#table = `${schema}.job`
    this.#kind = kind
    this.#tell = tell
  }

  /** A logout has gone. */
  gone(): void {
    if (++this.#gone >= BUSY_AFTER && this.#kind === 'embedded') this.#do('VACUUM (ANALYZE)')
  }

  /** There is nothing to do. */
  idle(): void {
    if (this.#gone >= IDLE_AFTER && this.#kind === 'embedded') this.#do('VACUUM (ANALYZE)')
  }

  /** So long it took to claim some. `more` are there: the first such claim is where a backlog comes to light. */
  claimed(ms: number, more: boolean): void {
    const now = performance.now()
    const telling = ms >= SLOW_CLAIM_MS || (more && this.#analyzeAt === 0)
    if (this.#kind === 'other' || !telling || now < this.#analyzeAt) return
    this.#analyzeAt = now + ANALYZE_EVERY_MS
    // Should somebody be at it already, that will do.
    this.#do('ANALYZE (SKIP_LOCKED)')
  }

  /** Resolves when nothing is under way. */
  async finish(): Promise<void> {
    await this.#running
  }

  #do(what: 'VACUUM (ANALYZE)' | 'ANALYZE (SKIP_LOCKED)'): void {
    this.#gone = 0
    this.#running ??= this.#run(`${what} ${this.#table} ${COLUMNS}`)
  }

  async #run(statement: string): Promise<void> {
    try {
      await this.#boss.getDb().executeSql(statement)
    } catch (error) {
      this.#tell({ type: 'store_error', message: storeError('Upkeep', error).message })
    }
    this.#running = undefined
  }
}
