import { Alarm } from './alarm.ts'
import { type AttemptContext, attempt } from './attempt.ts'
import type { Store } from './boss.ts'
import { recall } from './claim-statements.ts'
import type { ClaimedJob } from './claimed-rows.ts'
import { Claims } from './claims.ts'
import type { OnOutboxEvent } from './events.ts'
import { ExpiredClaims } from './expired-claims.ts'
import type { WorkSummary } from './outbox.ts'
import { Pacer } from './pacer.ts'
import { periodically } from './periodic.ts'
import { CLAIM_S } from './queues.ts'
import { type Settlement, Settler } from './settler.ts'
import { isEmpty } from './stats.ts'
import { storeErrorEvent } from './store-error-event.ts'
import { Sweep } from './sweep.ts'
import type { Upkeep } from './upkeep.ts'

/** Options of a {@link Worker}. */
export interface WorkerOptions extends Omit<AttemptContext, 'signal' | 'recall'> {
  readonly concurrency: number
  readonly graceMs: number
  readonly untilEmpty: boolean
  readonly signal: AbortSignal
  readonly emit: OnOutboxEvent
  readonly upkeep: Upkeep
  /** The interval between searches for claims of crashed workers, in milliseconds; infinite if there can be none. */
  readonly superviseMs: number
}

/** The interval at which an idle worker looks for new logouts, in milliseconds. */
const POLL_MS = 700
/** The interval of claims after one that returned fewer logouts than requested, in milliseconds. */
const SOON_MS = 20
/** The interval at which a busy worker looks for interactive logouts, in milliseconds. */
const INTERACTIVE_MS = 250
/** The time before the end of a pause at which it looks for them, in milliseconds. */
const BEFORE_END_MS = 100
/** The delay before the next claim after the database failed, in milliseconds. */
const ERROR_MS = 1_000
/**
 * The time for which a stopping worker waits for a claim, so that it can return the claimed logouts, in milliseconds.
 */
const CLAIM_GRACE_MS = 2_000
/** The time for which it waits for aborted logouts after its grace period, in milliseconds. */
const ABORT_MS = 1_000
/** The time that a stopping worker has to store its results after its grace period, in milliseconds. */
const SETTLE_MS = 5_000
/** The maximum number of logouts that are claimed ahead. After a crash, they wait until their claims expire. */
const MAX_STOCK = 500

/**
 * Revokes the tokens of logouts until it is stopped: one loop, which every change wakes up.
 *
 * `boss.work()` would need less code, but lacks three features. It settles a batch as a whole, when its slowest job is
 * done; here, each logout is settled separately, in one statement with all others that end at the same time. It claims
 * when it has nothing left to do; here, logouts are claimed ahead. And it starts its jobs immediately; here, all
 * workers of an outbox share one rate, see {@link Pacer}.
 */
export class Worker {
  readonly #store: Store
  readonly #options: WorkerOptions
  readonly #context: AttemptContext
  readonly #pacer: Pacer
  readonly #settler: Settler
  readonly #alarm = new Alarm()
  readonly #summary = { revoked: 0, expired: 0, dead: 0, retried: 0 }
  /** Aborts logouts in progress when the grace period is over. */
  readonly #hardStop = new AbortController()
  readonly #claims: Claims
  readonly #expired: ExpiredClaims
  readonly #sweep: Sweep
  #inProgress = 0
  #claiming = false
  #nudged = false
  /** True if the last claim took as many logouts as it could, so that there may be more. */
  #more = false
  #stopping = false
  #ended = false
  /** The time of the next claim, on the clock of `performance.now()`. */
  #lookAt = 0
  /** The end of the last pause in which it has looked for logouts. */
  #lookedUntil = Number.NEGATIVE_INFINITY

  constructor(store: Store, options: WorkerOptions) {
    this.#store = store
    this.#options = options
    this.#context = { ...options, signal: this.#hardStop.signal, recall: (id) => recall(store, id) }
    this.#claims = new Claims(store)
    this.#expired = new ExpiredClaims(store, () => this.#sweep.all())
    this.#sweep = new Sweep(this.#claims)
    this.#pacer = new Pacer(store, {
      emit: options.emit,
      report: (doing, error) => this.#report(doing, error),
      changed: () => this.#alarm.ring(),
      resumed: () => this.#sweep.soon(),
    })
    this.#settler = new Settler(store, options.emit, (settlement) => this.#settled(settlement))
  }

  /** Looks for logouts now, because some were added. */
  nudge(): void {
    this.#nudged = true
    this.#alarm.ring()
  }

  async run(): Promise<WorkSummary> {
    const { signal, graceMs, superviseMs, upkeep } = this.#options
    let grace: NodeJS.Timeout | undefined
    const stop = (): void => {
      this.#stopping = true
      grace ??= setTimeout(() => this.#hardStop.abort(), graceMs)
      this.#alarm.ring()
    }
    const every = (ms: number, doing: string, task: () => Promise<void>): NodeJS.Timeout =>
      periodically(ms, task, (error) => this.#report(doing, error))
    const timers = [
      every((CLAIM_S * 1000) / 4, 'Keeping claims', () => this.#claims.touch()),
      ...(Number.isFinite(superviseMs)
        ? [every(superviseMs, 'Taking over from crashed workers', () => this.#expired.free())]
        : []),
    ]
    try {
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()

      while (!this.#stopping) {
        const now = performance.now()
        this.#startReady(now)
        if (now >= this.#claimAt(now)) this.#claim(this.#stock())
        await this.#alarm.sleep(this.#nextTurn(now) - now)
      }

      await this.#finish(performance.now())
      await this.#settler.finish(SETTLE_MS)
      await upkeep.finish()
      return { ...this.#summary }
    } finally {
      this.#ended = true
      clearTimeout(grace)
      timers.forEach(clearInterval)
      signal.removeEventListener('abort', stop)
    }
  }

  /**
   * Completes logouts in progress, and returns the rest to the queue; in time, whatever the database and the client do.
   */
  async #finish(stoppedAt: number): Promise<void> {
    const { graceMs } = this.#options
    for (;;) {
      this.#giveBack()
      const waitMs = this.#inProgress > 0 ? graceMs + ABORT_MS : this.#claiming ? Math.min(graceMs, CLAIM_GRACE_MS) : 0
      const leftMs = stoppedAt + waitMs - performance.now()
      if (leftMs <= 0) return
      await this.#alarm.sleep(leftMs)
    }
  }

  /** Starts ready logouts when it is this worker's turn. */
  #startReady(now: number): void {
    const { concurrency } = this.#options
    while (this.#inProgress < concurrency && this.#claims.waiting > 0 && this.#pacer.take(now)) {
      this.#start(this.#claims.next() as ClaimedJob)
    }
    this.#pacer.ask(now, this.#claims.waiting, concurrency - this.#inProgress)
  }

  /** The number of logouts to claim ahead of need, so that none waits for the database: a single one during a pause. */
  #stock(): number {
    const { concurrency } = this.#options
    if (this.#pacer.isTripped) return 1
    return Math.min(MAX_STOCK, Math.max(16, 2 * concurrency, Math.ceil(this.#pacer.perSecond)))
  }

  /** The time to claim. During a pause, once before its end, so that users who have logged out in the meantime go first. */
  #claimAt(now: number): number {
    if (this.#claiming) return Number.POSITIVE_INFINITY
    if (this.#pacer.isTripped && this.#claims.waiting > 0) {
      const { pausedUntil } = this.#pacer
      return pausedUntil > this.#lookedUntil + BEFORE_END_MS ? pausedUntil - BEFORE_END_MS : Number.POSITIVE_INFINITY
    }
    return this.#nudged || (this.#more && this.#claims.isLow(this.#stock())) ? now : this.#lookAt
  }

  #nextTurn(now: number): number {
    const canStart = this.#inProgress < this.#options.concurrency && this.#claims.waiting > 0
    return Math.min(this.#claimAt(now), canStart ? this.#pacer.nextAt() : Number.POSITIVE_INFINITY)
  }

  async #claim(stock: number): Promise<void> {
    this.#claiming = true
    this.#nudged = false
    const { concurrency, upkeep } = this.#options
    const wasLow = this.#claims.isLow(stock)
    const inPause = this.#pacer.isTripped && this.#claims.waiting > 0
    if (inPause) this.#lookedUntil = this.#pacer.pausedUntil
    let againInMs = ERROR_MS
    try {
      const startedAt = performance.now()
      const found = await (inPause ? this.#claims.fillInteractive(concurrency) : this.#claims.fill(stock))
      if (inPause && found.claimed === 0) this.#pacer.giveWay()
      upkeep.claimed(performance.now() - startedAt, found.more)
      const claimed = found.claimed || !wasLow ? found.claimed : await this.#whenIdle()
      this.#more = found.more
      againInMs = !wasLow || found.more ? INTERACTIVE_MS : claimed > 0 ? SOON_MS : POLL_MS
    } catch (error) {
      this.#report('Claiming logouts', error)
    }
    this.#lookAt = performance.now() + againInMs
    this.#claiming = false
    this.#alarm.ring()
  }

  /** Searches for more logouts if none is due. Returns the number of claimed logouts. */
  async #whenIdle(): Promise<number> {
    const { upkeep, untilEmpty } = this.#options
    const claimed = this.#pacer.isTripped ? 0 : await this.#sweep.run(performance.now())
    if (claimed > 0) return claimed
    upkeep.idle()
    if (untilEmpty && this.#claims.size === 0 && (await isEmpty(this.#store))) this.#stopping = true
    return 0
  }

  async #start(job: ClaimedJob): Promise<void> {
    this.#inProgress++
    const startedAt = performance.now()
    const { settlement, health } = await attempt(this.#context, job)
    this.#inProgress--
    this.#pacer.learn(health, startedAt)
    this.#settler.add(settlement)
    this.#alarm.ring()
  }

  /** Returns claimed logouts that were not tried. */
  #giveBack(): void {
    for (const job of this.#claims.takeWaiting()) this.#settler.add({ kind: 'again', job, output: null })
  }

  #settled({ job, kind, event }: Settlement): void {
    this.#claims.settled(job)
    if (kind !== 'again') this.#options.upkeep.gone()
    if (kind === 'dead') this.#summary.dead++
    else if (kind === 'again') this.#summary.retried += event ? 1 : 0
    else if (event?.type === 'expired') this.#summary.expired++
    else this.#summary.revoked++
  }

  #report(doing: string, error: unknown): void {
    // A request for turns may still be in progress, while the store closes.
    if (this.#ended) return
    this.#options.emit(storeErrorEvent(doing, error))
  }
}
