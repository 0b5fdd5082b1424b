import { randomUUID } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import type { FailureCode, OnOutboxEvent } from './events.ts'
import { Notes } from './notes.ts'
import type { Pace } from './pace.ts'
import type { RateMeter } from './rate-meter.ts'

/** How often the others' notes should be read, in milliseconds. */
export const NOTES_MS = 2_000
/** How often an own note is written, in milliseconds. */
const REPORT_MS = 5_000

/** Keeps a worker in touch with the others, in whatever process and on whatever machine they are. */
export class Colleagues {
  readonly #id = randomUUID()
  readonly #notes: Notes
  readonly #pace: Pace
  readonly #rate: RateMeter
  readonly #tell: OnOutboxEvent
  #reportAt = 0

  constructor(boss: PgBoss, pace: Pace, rate: RateMeter, tell: OnOutboxEvent) {
    this.#notes = new Notes(boss)
    this.#pace = pace
    this.#rate = rate
    this.#tell = tell
  }

  /** Keeps the pause that another one was told, and says how this one is doing. */
  async exchange(): Promise<void> {
    const pause = await this.#notes.readPause()
    const wallNow = Date.now()
    if (pause && pause.until > wallNow) this.#keep(pause.until - wallNow, pause.code)
    const now = performance.now()
    if (now < this.#reportAt) return
    this.#reportAt = now + REPORT_MS
    await this.#notes.report(this.#id, { at: wallNow, ratePerSecond: this.#rate.perSecond() })
  }

  /** Tells the others of a pause. */
  async pause(until: number, code: FailureCode): Promise<void> {
    await this.#notes.pause({ until, code })
  }

  /** Takes leave. */
  async leave(): Promise<void> {
    await this.#notes.leave(this.#id)
  }

  #keep(ms: number, code: FailureCode): void {
    const now = performance.now()
    // It may be what this one has written itself.
    if (now + ms < this.#pace.pausedUntil + NOTES_MS) return
    if (this.#pace.pauseUntil(now, now + ms)) {
      this.#tell({ type: 'paused', until: new Date(Date.now() + ms), code })
    }
  }
}
