import type { Store } from './boss.ts'
import type { OnOutboxEvent } from './events.ts'
import { storeErrorEvent } from './store-error-event.ts'

/** Vacuum embedded Postgres after this many logouts while it is busy. */
const BUSY_AFTER = 10_000
/** Vacuum embedded Postgres after this many logouts when it is idle. */
const IDLE_AFTER = 500
/** A claim that takes longer shows that the statistics of the table are outdated, in milliseconds. */
const SLOW_CLAIM_MS = 50
const ANALYZE_EVERY_MS = 60_000
/** The columns that claims are chosen by. The data of logouts takes most of the table, and is not searched. */
const COLUMNS = '(name, state, blocked, priority, created_on, start_after)'

/**
 * Maintains the table of jobs, which a Postgres server does automatically but embedded Postgres does not: frees space,
 * and collects statistics, without which a claim would sort the whole backlog. A server collects them once a minute; if
 * a backlog grew faster than that, this requests them.
 */
export class Upkeep {
  readonly #store: Store
  readonly #emit: OnOutboxEvent
  #gone = 0
  #analyzeAt = 0
  #running: Promise<void> | undefined

  constructor(store: Store, emit: OnOutboxEvent) {
    this.#store = store
    this.#emit = emit
  }

  /** A logout was deleted. */
  gone(): void {
    if (++this.#gone >= BUSY_AFTER && this.#store.kind === 'embedded') this.#do('VACUUM (ANALYZE)')
  }

  /** No logout is due. */
  idle(): void {
    if (this.#gone >= IDLE_AFTER && this.#store.kind === 'embedded') this.#do('VACUUM (ANALYZE)')
  }

  /** A claim took `ms`. With `more`, others are waiting: the first such claim reveals a backlog. */
  claimed(ms: number, more: boolean): void {
    const now = performance.now()
    const isNeeded = ms >= SLOW_CLAIM_MS || (more && this.#analyzeAt === 0)
    if (!isNeeded || now < this.#analyzeAt) return
    this.#analyzeAt = now + ANALYZE_EVERY_MS
    // If another process is doing the same, that is enough.
    this.#do('ANALYZE (SKIP_LOCKED)')
  }

  /** Resolves when embedded Postgres is not in maintenance. */
  async finish(): Promise<void> {
    if (this.#store.kind === 'embedded') await this.#running
  }

  #do(what: 'VACUUM (ANALYZE)' | 'ANALYZE (SKIP_LOCKED)'): void {
    if (what === 'VACUUM (ANALYZE)') this.#gone = 0
    this.#running ??= this.#run(`${what} ${this.#store.schema}.job ${COLUMNS}`)
  }

  async #run(statement: string): Promise<void> {
    try {
      await this.#store.boss.getDb().executeSql(statement)
    } catch (error) {
      this.#emit(storeErrorEvent('Upkeep', error))
    }
    this.#running = undefined
  }
}
