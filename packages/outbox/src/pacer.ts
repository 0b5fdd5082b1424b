import type { Store } from './boss.ts'
import type { OnOutboxEvent } from './events.ts'
import type { Health } from './outcome.ts'
import { failed, MAX_RETRY_AFTER_MS, type Pace, reserve, succeeded } from './pace.ts'
import { type Changed, SharedPace } from './shared-pace.ts'
import { SharedPause } from './shared-pause.ts'

/** After this many failures in a row, the provider counts as down. A single one may be caused by the token. */
const FAILURES = 3
/** A turn may be used this long after its time, in milliseconds; later ones would come as a burst. */
const LATE_MS = 50
/** When its last turn comes within this time, a worker reserves more, in milliseconds. */
const LOW_MS = 150
/** The wait after a failure of the database, in milliseconds. */
const ERROR_MS = 1_000
/** The time by which other workers may reserve later after a pause, in milliseconds. */
const GIVE_WAY_MS = 30
/** The minimum extension of a pause that causes another event, in milliseconds. */
const LONGER_MS = 10_000

/** Options of a {@link Pacer}. */
export interface PacerOptions {
  readonly emit: OnOutboxEvent
  /** Called after a failure that will be retried. */
  readonly report: (doing: string, error: unknown) => void
  /** Called when a turn may have come. */
  readonly changed: () => void
  /** Called when the provider responds again after a pause. */
  readonly resumed: () => void
}

/**
 * Schedules the requests of one worker: it reserves the next turns of the {@link SharedPace}, a few at a time, and
 * reports the state of the provider from the responses. Its own times are those of `performance.now()`.
 */
export class Pacer {
  readonly #pace: SharedPace
  readonly #pause: SharedPause
  readonly #options: PacerOptions
  #turns: { at: number; readonly gapMs: number; count: number }[] = []
  #asking = false
  #askAt = Number.NEGATIVE_INFINITY
  #used = 0
  #unused = 0
  #usedSince = performance.now()
  #perSecond = 0
  /** The recent duration of a query, in milliseconds. */
  #askMs = 0
  #failures = 0
  #pauses = 0
  #pausedUntil = Number.NEGATIVE_INFINITY
  /**
   * The time when turns were last released. A failure of an earlier request extends the pause only if it requires a
   * longer one.
   */
  #stoppedAt = Number.NEGATIVE_INFINITY
  /** The end of the pause that an event has announced. */
  #announced: number | undefined

  constructor(store: Store, options: PacerOptions) {
    this.#pace = new SharedPace(store)
    this.#pause = new SharedPause(store)
    this.#options = options
  }

  /** True during a pause, and until a request has succeeded after it. */
  get isTripped(): boolean {
    return this.#pauses > 0
  }

  /** When the pause ends. */
  get pausedUntil(): number {
    return this.#pausedUntil
  }

  /** Recent number of requests per second of this worker. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** Takes a turn, if this worker has one. */
  take(now: number): boolean {
    for (;;) {
      const [next] = this.#turns
      if (!next || next.at > now) return false
      const isLate = next.at < now - LATE_MS
      next.at += next.gapMs
      if (--next.count === 0) this.#turns.shift()
      if (!isLate) {
        this.#used++
        return true
      }
      this.#unused++
    }
  }

  /** The time of the next turn, or of the next reservation. */
  nextAt(): number {
    return this.#turns[0]?.at ?? (this.#asking ? Number.POSITIVE_INFINITY : this.#askAt)
  }

  /** After this pause, lets workers reserve first that have an interactive logout. */
  giveWay(): void {
    this.#askAt = Math.max(this.#askAt, this.#pausedUntil + GIVE_WAY_MS)
  }

  /** Reserves turns ahead of need, so that no waiting logout also has to wait for the database. */
  ask(now: number, waiting: number, free: number): void {
    if (this.#asking || now < this.#askAt) return
    const last = this.#turns.at(-1)
    if (last && last.at + last.gapMs * (last.count - 1) > now + LOW_MS + 2 * this.#askMs) return
    const reserved = this.#turns.reduce((sum, { count }) => sum + count, 0)
    const wanted = Math.min(waiting, free + Math.ceil(this.#perSecond / 4)) - reserved
    if (wanted > 0) this.#ask(wanted)
  }

  /** Adapts to an attempt that began at a time. */
  learn(health: Health, startedAt: number): void {
    if (health.kind === 'unknown') return
    const now = performance.now()
    if (health.kind === 'answers') {
      this.#failures = 0
      // A response to a request from before the pause says nothing about the present.
      if (this.isTripped && startedAt >= this.#pausedUntil) this.#succeeded()
      return
    }
    const { kind, code } = health
    // As in the shared pace: a wrong header must stop no worker for days.
    const retryAfterMs = Math.min(health.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)
    if (kind !== 'throttled' && ++this.#failures < FAILURES && !this.isTripped) return
    if (startedAt < this.#stoppedAt && now + retryAfterMs <= this.#pausedUntil + 100) return
    this.#stop(now, now + Math.max(retryAfterMs, 100))
    const failure = { kind, code, retryAfterMs: health.retryAfterMs, sentAgoMs: now - startedAt }
    this.#share('Sharing the pause', async () => {
      const changed = await this.#pace.change((pace, now) => ({ pace: failed(pace, now, failure), result: undefined }))
      this.#adopt(changed)
      const ms = changed.pace.pausedUntil - changed.now
      if (ms > 0) await this.#pause.begin({ ms, code })
    })
  }

  async #ask(wanted: number): Promise<void> {
    this.#asking = true
    const [used, unused, since, stoppedAt] = [this.#used, this.#unused, this.#usedSince, this.#stoppedAt]
    this.#used = this.#unused = 0
    this.#usedSince = performance.now()
    this.#perSecond += ((used * 1000) / Math.max(20, this.#usedSince - since) - this.#perSecond) / 2
    try {
      const changed = await this.#pace.change((pace, now) => {
        const { pace: reserved, turns } = reserve(pace, now, { wanted, unused, leadMs: this.#askMs })
        return { pace: reserved, result: turns }
      })
      this.#askMs += (performance.now() - changed.at - this.#askMs) / 4
      const { count, inMs, gapMs, againInMs } = changed.result
      // A pause may have begun in the meantime.
      const isValid = this.#stoppedAt === stoppedAt
      if (isValid) this.#askAt = count > 0 ? Number.NEGATIVE_INFINITY : changed.at + againInMs + Math.random() * 20
      this.#adopt(changed)
      if (isValid && count > 0) this.#turns.push({ at: changed.at + inMs, gapMs, count })
    } catch (error) {
      this.#askAt = performance.now() + ERROR_MS
      this.#options.report('Asking for a turn', error)
    }
    this.#asking = false
    this.#options.changed()
  }

  #succeeded(): void {
    this.#resume()
    this.#share('Sharing the end of the pause', async () => {
      this.#adopt(
        await this.#pace.change((pace, now) => ({
          pace: now >= pace.pausedUntil ? succeeded(pace, now) : pace,
          result: undefined,
        })),
      )
    })
  }

  /** Keeps the shared state of all workers. */
  #adopt({ pace, now, at }: Changed<unknown>): void {
    const pausedUntil = at + pace.pausedUntil - now
    if (pace.pauses === 0) this.#resume()
    else if (pausedUntil > performance.now()) this.#announce(pace, pausedUntil)
    this.#pauses = pace.pauses
  }

  #announce({ code }: Pace, pausedUntil: number): void {
    if (pausedUntil > this.#pausedUntil + 1) this.#stop(performance.now(), pausedUntil)
    const ms = pausedUntil - performance.now()
    if (this.#announced !== undefined && Math.min(ms, pausedUntil - this.#announced) < LONGER_MS) return
    this.#announced = pausedUntil
    this.#options.emit({ type: 'paused', until: new Date(Date.now() + ms), code })
  }

  /** Releases its turns. */
  #stop(now: number, until: number): void {
    this.#stoppedAt = now
    this.#pausedUntil = until
    this.#askAt = until
    this.#turns = []
    this.#pauses = Math.max(1, this.#pauses)
  }

  #resume(): void {
    this.#failures = 0
    this.#pauses = 0
    if (this.#announced === undefined) return
    this.#announced = undefined
    this.#options.resumed()
    this.#options.emit({ type: 'resumed' })
  }

  async #share(doing: string, task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      this.#options.report(doing, error)
    }
    this.#options.changed()
  }
}
