import { randomUUID } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import { type AttemptContext, attempt, type ClaimedJob, giveBack } from './attempt.ts'
import type { JobData } from './entry.ts'
import { storeError } from './errors.ts'
import type { FailureCode, OnOutboxEvent } from './events.ts'
import type { Health } from './fate.ts'
import { Notes } from './notes.ts'
import type { WorkSummary } from './outbox.ts'
import { Pace } from './pace.ts'
import { CLAIM_S, QUEUE } from './queues.ts'
import { RateMeter } from './rate-meter.ts'
import { type Settlement, Settler } from './settler.ts'

/** What a worker is told. */
export interface WorkerOptions extends Omit<AttemptContext, 'signal'> {
  readonly concurrency: number
  readonly graceMs: number
  readonly untilEmpty: boolean
  readonly signal: AbortSignal | undefined
  readonly tell: OnOutboxEvent
  /** Whether anything is left, for anybody, now or later. */
  readonly isEmpty: () => Promise<boolean>
}

/** How often an idle worker looks for new work, in milliseconds. */
const POLL_MS = 500
/** When it looks again after it found less than it could have taken, in milliseconds. */
const SOON_MS = 20
/** When it looks again after the database refused, in milliseconds. */
const ERROR_MS = 1_000
/** How often the others' notes are read and an own one is written, in milliseconds. */
const NOTES_MS = 2_000
/** How often an idle worker looks for what crashed ones have left, in milliseconds. */
const SUPERVISE_MS = 5_000
/** An idle worker tries what waits for its next turn, too, after so long: the clock by which it waits may have jumped. */
const SWEEP_MS = 300_000
/** At most so many are claimed at once. */
const MAX_CLAIM = 500

/** Does logouts until it is told to stop. */
export class Worker {
  readonly #id = randomUUID()
  readonly #boss: PgBoss
  readonly #options: WorkerOptions
  readonly #pace: Pace
  readonly #notes: Notes
  readonly #settler: Settler
  readonly #rate = new RateMeter()
  readonly #summary = { revoked: 0, expired: 0, dead: 0, retried: 0 }
  /** Ends what is under way, when the time to finish it is over. */
  readonly #hardStop = new AbortController()
  readonly #context: AttemptContext
  /** Everything that is claimed, until it is settled. */
  readonly #claims = new Map<string, ClaimedJob>()
  #ready: ClaimedJob[] = []
  #underWay = 0
  #claiming = false
  #claimAt = 0
  #nudged = false
  #sweepAt = 0
  #superviseAt = 0
  #stopping = false
  #wake = (): void => {}

  constructor(boss: PgBoss, options: WorkerOptions) {
    this.#boss = boss
    this.#options = options
    this.#context = { ...options, signal: this.#hardStop.signal }
    this.#pace = new Pace(options.concurrency)
    this.#notes = new Notes(boss)
    this.#settler = new Settler(boss, options.tell, (settlement) => this.#settled(settlement))
  }

  /** Something was added. */
  nudge(): void {
    if (this.#nudged) return
    this.#nudged = true
    this.#wake()
  }

  async run(): Promise<WorkSummary> {
    const { signal, graceMs } = this.#options
    let graceTimer: NodeJS.Timeout | undefined
    const stop = (): void => {
      this.#stopping = true
      graceTimer ??= setTimeout(() => this.#hardStop.abort(), graceMs)
      this.#wake()
    }
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
    const timers = [
      setInterval(() => this.#quietly('Keeping claims', () => this.#touch()), (CLAIM_S * 1000) / 4),
      setInterval(() => this.#quietly('Reading notes', () => this.#exchangeNotes()), NOTES_MS),
    ]
    await this.#quietly('Reading notes', () => this.#exchangeNotes())
    try {
      while (!this.#stopping) await this.#turn()
      for (const job of this.#ready.splice(0)) this.#settler.add(giveBack(job))
      while (this.#underWay > 0 || this.#claiming) await this.#pause(1_000)
      await this.#settler.finish(5_000)
    } finally {
      clearTimeout(graceTimer)
      timers.forEach(clearInterval)
      signal?.removeEventListener('abort', stop)
    }
    await this.#quietly('Leaving', () => this.#notes.leave(this.#id))
    return { ...this.#summary }
  }

  /** Starts what may be started, and waits for something to happen. */
  async #turn(): Promise<void> {
    const now = performance.now()
    const limit = this.#pace.limit(now)
    while (this.#underWay < limit && this.#ready.length > 0) this.#start(this.#ready.shift() as ClaimedJob)
    // Ahead of need, so that nobody waits for the database. After a pause a single one shows how things are.
    const stock = this.#pace.isPaused ? limit - this.#underWay : Math.max(4 * limit, 16)
    const due = this.#nudged || now >= this.#claimAt
    if (limit > 0 && !this.#claiming && due && this.#ready.length < stock / 2) {
      this.#claim(Math.min(MAX_CLAIM, stock - this.#ready.length))
    }
    const until = limit === 0 ? this.#pace.pausedUntil : this.#claimAt
    await this.#pause(until > now ? Math.min(NOTES_MS, until - now) : POLL_MS)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #claim(batchSize: number): Promise<void> {
    this.#claiming = true
    this.#nudged = false
    let againInMs = ERROR_MS
    try {
      const claimed = this.#take(await this.#fetch(batchSize, false)) || (await this.#whenIdle())
      againInMs = claimed >= batchSize ? 0 : claimed > 0 ? SOON_MS : POLL_MS
    } catch (error) {
      this.#options.tell({ type: 'store_error', message: storeError('Claiming logouts', error).message })
    }
    this.#claiming = false
    this.#claimAt = performance.now() + againInMs
    this.#wake()
  }

  #fetch(batchSize: number, ignoreStartAfter: boolean): Promise<ClaimedJob[]> {
    return this.#boss.fetch<JobData>(QUEUE, { batchSize, ignoreStartAfter, includeMetadata: true })
  }

  #take(jobs: readonly ClaimedJob[]): number {
    for (const job of jobs) this.#claims.set(job.id, job)
    if (this.#stopping) for (const job of jobs) this.#settler.add(giveBack(job))
    else this.#ready.push(...jobs)
    return jobs.length
  }

  /** What there is to do when nothing is due. */
  async #whenIdle(): Promise<number> {
    const now = performance.now()
    if (now >= this.#sweepAt && !this.#pace.isPaused) {
      this.#sweepAt = now + SWEEP_MS
      const claimed = this.#take(await this.#fetch(MAX_CLAIM, true))
      if (claimed > 0) return claimed
    }
    if (now >= this.#superviseAt) {
      this.#superviseAt = now + SUPERVISE_MS
      await this.#boss.supervise(QUEUE)
    }
    if (this.#options.untilEmpty && this.#claims.size === 0 && (await this.#options.isEmpty())) this.#stopping = true
    return 0
  }

  async #start(job: ClaimedJob): Promise<void> {
    this.#underWay++
    const startedAt = performance.now()
    const { settlement, health } = await attempt(this.#context, job)
    this.#underWay--
    this.#learn(health, startedAt)
    this.#settler.add(settlement)
    this.#wake()
  }

  #learn(health: Health, startedAt: number): void {
    if (health.kind === 'answers' && this.#pace.succeeded(startedAt)) {
      // Those that failed while it was down wait for their turn, longer and longer. They need not any more.
      this.#sweepAt = 0
      this.#options.tell({ type: 'resumed' })
    }
    if (health.kind === 'answers' || health.kind === 'unknown') return
    const { kind, code, retryAfterMs } = health
    const now = performance.now()
    if (!this.#pace.failed(now, { kind, retryAfterMs, startedAt })) return
    const until = Date.now() + this.#pace.pausedUntil - now
    this.#options.tell({ type: 'paused', until: new Date(until), code })
    this.#quietly('Telling of a pause', () => this.#notes.pause({ until, code }))
  }

  async #exchangeNotes(): Promise<void> {
    const pause = await this.#notes.readPause()
    const wallNow = Date.now()
    if (pause && pause.until > wallNow) this.#keepPause(pause.until - wallNow, pause.code)
    await this.#notes.report(this.#id, { at: wallNow, ratePerSecond: this.#rate.perSecond() })
  }

  #keepPause(ms: number, code: FailureCode): void {
    const now = performance.now()
    // The notes come back that this worker has written itself.
    if (now + ms < this.#pace.pausedUntil + NOTES_MS) return
    if (this.#pace.pauseUntil(now, now + ms)) {
      this.#options.tell({ type: 'paused', until: new Date(Date.now() + ms), code })
    }
  }

  async #touch(): Promise<void> {
    const jobs = [...this.#claims.values()]
    if (jobs.length > 0) await this.#boss.touch(QUEUE, jobs)
  }

  #settled({ job, kind, event }: Settlement): void {
    this.#claims.delete(job.id)
    if (kind === 'dead') this.#summary.dead++
    else if (kind === 'again') this.#summary.retried++
    else if (event?.type === 'expired') this.#summary.expired++
    else {
      this.#summary.revoked++
      this.#rate.count()
    }
  }

  async #quietly(doing: string, task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      this.#options.tell({ type: 'store_error', message: storeError(doing, error).message })
    }
  }
}
