import type { PgBoss } from 'pg-boss'
import { type AttemptContext, attempt, type ClaimedJob, type Recalled } from './attempt.ts'
import { Colleagues, NOTES_MS } from './colleagues.ts'
import type { JobData } from './entry.ts'
import { storeError } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'
import type { Health } from './fate.ts'
import type { WorkSummary } from './outbox.ts'
import { Pace } from './pace.ts'
import { CLAIM_S, QUEUE } from './queues.ts'
import { RateMeter } from './rate-meter.ts'
import { type Settlement, Settler } from './settler.ts'
import type { Upkeep } from './upkeep.ts'

/** What a worker is told. */
export interface WorkerOptions extends Omit<AttemptContext, 'signal' | 'recall'> {
  readonly concurrency: number
  readonly graceMs: number
  readonly untilEmpty: boolean
  readonly signal: AbortSignal | undefined
  readonly tell: OnOutboxEvent
  readonly upkeep: Upkeep
  /** How often to look for what crashed workers have left, in milliseconds; never where there can be none. */
  readonly superviseMs: number
  /** Whether anything is left, for anybody, now or later. */
  readonly isEmpty: () => Promise<boolean>
}

/** How often an idle worker looks for new work, in milliseconds. */
const POLL_MS = 500
/** When it looks again after it found less than it could have taken, in milliseconds. */
const SOON_MS = 20
/** When it looks again after the database refused, in milliseconds. */
const ERROR_MS = 1_000
/** An idle worker tries what waits for its next turn, too, after so long: the clock by which it waits may have jumped. */
const SWEEP_MS = 300_000
/** At most so many are claimed at once. */
const MAX_CLAIM = 500
/** At most so many are claimed ahead; when the process is killed, they wait until their claims are over. */
const MAX_STOCK = 500

/** Does logouts until it is told to stop. */
export class Worker {
  readonly #boss: PgBoss
  readonly #options: WorkerOptions
  readonly #pace: Pace
  readonly #colleagues: Colleagues
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
  #sweepAt = 0
  #superviseAt = 0
  #stopping = false
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  readonly #stopped = Promise.withResolvers<void>()

  constructor(boss: PgBoss, options: WorkerOptions) {
    this.#boss = boss
    this.#options = options
    this.#context = { ...options, signal: this.#hardStop.signal, recall: (id) => this.#recall(id) }
    this.#pace = new Pace(options.concurrency)
    this.#colleagues = new Colleagues(boss, this.#pace, this.#rate, options.tell)
    this.#settler = new Settler(boss, options.tell, (settlement) => this.#settled(settlement))
  }

  /** Something was added. */
  nudge(): void {
    if (this.#claimAt === 0) return
    this.#claimAt = 0
    if (!this.#claiming) this.#turn()
  }

  async run(): Promise<WorkSummary> {
    const { signal, graceMs } = this.#options
    let graceTimer: NodeJS.Timeout | undefined
    const stop = (): void => {
      this.#stopping = true
      graceTimer ??= setTimeout(() => this.#hardStop.abort(), graceMs)
      this.#turn()
    }
    const timers = [
      setInterval(() => this.#quietly('Keeping claims', () => this.#touch()), (CLAIM_S * 1000) / 4),
      setInterval(() => this.#quietly('Reading notes', () => this.#colleagues.exchange()), NOTES_MS),
    ]
    try {
      await this.#quietly('Reading notes', () => this.#colleagues.exchange())
      signal?.addEventListener('abort', stop)
      if (signal?.aborted) stop()
      else this.#turn()
      await this.#stopped.promise
      await this.#settler.finish(5_000)
      await this.#options.upkeep.finish()
    } finally {
      clearTimeout(graceTimer)
      clearTimeout(this.#timer)
      timers.forEach(clearInterval)
      signal?.removeEventListener('abort', stop)
    }
    await this.#quietly('Leaving', () => this.#colleagues.leave())
    return { ...this.#summary }
  }

  /** Starts what may be started now, and sees to it that it is called again when there may be more. */
  #turn(): void {
    if (this.#stopping) {
      this.#giveBack(this.#ready.splice(0))
      if (this.#underWay === 0 && !this.#claiming) this.#stopped.resolve()
      return
    }
    const now = performance.now()
    const limit = this.#pace.limit(now)
    while (this.#underWay < limit && this.#ready.length > 0) this.#start(this.#ready.shift() as ClaimedJob)
    if (limit === 0) this.#turnAt(this.#pace.pausedUntil)
    if (limit === 0 || this.#claiming) return
    // Ahead of need, so that nobody waits for the database. After a pause a single one shows how things are.
    const stock = this.#pace.isPaused ? limit - this.#underWay : Math.min(MAX_STOCK, Math.max(8 * limit, 16))
    if (this.#ready.length >= stock / 2) return
    if (now >= this.#claimAt) this.#claim(stock - this.#ready.length)
    else this.#turnAt(this.#claimAt)
  }

  #turnAt(time: number): void {
    if (this.#timerAt <= time) return
    clearTimeout(this.#timer)
    this.#timerAt = time
    // The time may have come by now, and Node.js warns of a negative delay.
    const delayMs = Math.max(0, time - performance.now())
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#turn()
    }, delayMs)
  }

  async #claim(batchSize: number): Promise<void> {
    this.#claiming = true
    this.#claimAt = Number.POSITIVE_INFINITY
    let againInMs = ERROR_MS
    try {
      const startedAt = performance.now()
      const jobs = await this.#fetch(batchSize, false)
      this.#options.upkeep.claimed(performance.now() - startedAt, jobs.length >= batchSize)
      const claimed = this.#take(jobs) || (await this.#whenIdle())
      againInMs = claimed >= batchSize ? 0 : claimed > 0 ? SOON_MS : POLL_MS
    } catch (error) {
      this.#options.tell({ type: 'store_error', message: storeError('Claiming logouts', error).message })
    }
    this.#claiming = false
    // Something was added in the meantime.
    if (this.#claimAt !== 0) this.#claimAt = performance.now() + againInMs
    this.#turn()
  }

  #fetch(batchSize: number, ignoreStartAfter: boolean): Promise<ClaimedJob[]> {
    return this.#boss.fetch<JobData>(QUEUE, { batchSize, ignoreStartAfter })
  }

  #take(jobs: readonly ClaimedJob[]): number {
    for (const job of jobs) this.#claims.set(job.id, job)
    this.#ready.push(...jobs)
    return jobs.length
  }

  /** Gives back what was claimed and not tried. */
  #giveBack(jobs: readonly ClaimedJob[]): void {
    for (const job of jobs) this.#settler.add({ kind: 'again', job, output: null })
  }

  async #recall(id: string): Promise<Recalled | undefined> {
    try {
      const [job] = await this.#boss.findJobs(QUEUE, { id })
      // The application may have told pg to make something else of times than a Date.
      return job && { output: job.output, startedOn: new Date(job.startedOn) }
    } catch {
      // Then it counts as not tried before, which costs an attempt.
      return undefined
    }
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
      this.#superviseAt = now + this.#options.superviseMs
      if (Number.isFinite(this.#options.superviseMs)) await this.#boss.supervise(QUEUE)
    }
    this.#options.upkeep.idle()
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
    this.#turn()
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
    this.#quietly('Telling of a pause', () => this.#colleagues.pause(until, code))
  }

  async #touch(): Promise<void> {
    const jobs = [...this.#claims.values()]
    if (jobs.length > 0) await this.#boss.touch(QUEUE, jobs)
  }

  #settled({ job, kind, event }: Settlement): void {
    this.#claims.delete(job.id)
    if (kind !== 'again') this.#options.upkeep.gone()
    if (kind === 'dead') this.#summary.dead++
    else if (kind === 'again') this.#summary.retried += event ? 1 : 0
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
