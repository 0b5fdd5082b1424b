import type { BulkPacer } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'
import type { ResolvedLimits } from './call-options.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { RateController } from './rate-controller.ts'
import type { Revocation, TokenTypeHint } from './revocation.ts'
import { emitOutcome, type RevocationAttempt, type RevokeOptions, revoke } from './revoke.ts'
import { type BulkToken, closeSource, type TokenReader } from './token-source.ts'
import { tokenState } from './token-state.ts'
import { MAX_ASKED, Turns } from './turns.ts'
import { Wakeup } from './wakeup.ts'

/** Options of a bulk run, checked. */
export interface BulkOptions extends Pick<RevokeOptions, 'tokenTypeHint' | 'verify' | 'signal'> {
  readonly concurrency: number
  readonly pacer?: BulkPacer | undefined
  /** They apply to each token. */
  readonly limits: ResolvedLimits
}

/** A token between the input and its report. */
interface Job {
  readonly index: number
  readonly item: unknown
  /** When it was sent first, in the time of the client's clock. */
  readonly startedAt: number
  /** Requests that were sent for it. */
  readonly attempts: number
  /** Number of refusals because of throttling. */
  readonly refusals: number
  /** True if a request for it had no response. */
  readonly possiblyDelivered: boolean
  /** The last refusal. */
  readonly last?: RevocationAttempt
}

/** Maximum number of refusals for throttling of one token before it is reported. */
const MAX_REFUSALS = 20

/**
 * Revokes the tokens of one source. One loop sends what the {@link RateController} allows, or a {@link BulkPacer} if
 * there is one, yields settled tokens, and sleeps until something changes: a response, an item of the source, the end
 * of a pause, or an abort.
 */
export class BulkRun {
  readonly #core: ClientCore
  readonly #source: TokenReader
  readonly #options: BulkOptions
  readonly #rate: RateController
  /** Instead of the rate, if others share it. */
  readonly #turns: Turns | undefined
  readonly #change = new Wakeup()
  /** Ends requests in progress when the caller's signal aborts or the caller stops reading. */
  readonly #stop = new AbortController()
  /** Tokens to send: new from the source, or again because the provider throttled. */
  #waiting: Job[] = []
  #inFlight = 0
  readonly #settled: Revocation[] = []
  #taken = 0
  #reading = false
  #exhausted = false
  #failure: { readonly error: unknown } | undefined
  #timer: unknown

  constructor(core: ClientCore, source: TokenReader, options: BulkOptions) {
    this.#core = core
    this.#source = source
    this.#options = options
    this.#rate = new RateController(options.concurrency)
    const { pacer } = options
    if (pacer !== undefined) {
      this.#turns = new Turns(pacer, this.#stop.signal, (failure) => this.#turnsChanged(failure))
    }
  }

  /** Runs, and yields the outcome of each token as it becomes known. To be called once. */
  async *results(): AsyncGenerator<Revocation, void, void> {
    const { signal } = this.#options
    const onAbort = (): void => this.#abort()
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort)
    try {
      for (;;) {
        this.#giveUpLate()
        this.#sendWhatIsAllowed()
        const revocation = this.#settled.shift()
        if (revocation) yield revocation
        else if (this.#isOver()) break
        else await this.#change.sleep()
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#core.options.clock.clearTimeout(this.#timer)
      this.#stop.abort()
      // Not awaited: a source that is stuck in a read would keep the caller here.
      if (!this.#exhausted) closeSource(this.#source)
    }
    if (this.#failure) throw this.#failure.error
    if (signal?.aborted) {
      const message = `The run was aborted after ${this.#taken} tokens were taken; each of them was reported.`
      throw new LogoutError('aborted', message)
    }
  }

  #isOver(): boolean {
    if (this.#inFlight > 0 || this.#waiting.length > 0) return false
    return this.#stop.signal.aborted || (this.#exhausted && !this.#reading)
  }

  get #window(): number {
    return this.#turns ? this.#options.concurrency : this.#rate.window
  }

  /** Sends tokens, or reads the next one, while the rate and the consumer allow it. */
  #sendWhatIsAllowed(): void {
    const { clock } = this.#core.options
    clock.clearTimeout(this.#timer)
    while (!this.#stop.signal.aborted && this.#inFlight + this.#settled.length < this.#window) {
      this.#readAhead()
      const next = this.#waiting[0]
      if (!next && (this.#exhausted || this.#reading)) return
      const delayMs = this.#rate.delay(clock.now())
      if (delayMs > 0) {
        this.#timer = clock.setTimeout(() => this.#change.notify(), delayMs)
        return
      }
      if (!next) {
        this.#read()
        return
      }
      if (this.#turns && !this.#turns.take(this.#waiting.length)) {
        this.#wakeAtDeadline()
        return
      }
      this.#waiting.shift()
      this.#send(next)
    }
  }

  /** A pacer should know how many turns are needed. */
  #readAhead(): void {
    const room = Math.min(MAX_ASKED, this.#window - this.#inFlight - this.#settled.length)
    if (this.#turns && this.#waiting.length < room && !this.#exhausted && !this.#reading) this.#read()
  }

  /** A turn may come too late for a token that was throttled before. */
  #wakeAtDeadline(): void {
    const { clock } = this.#core.options
    const started = this.#waiting.filter(({ last }) => last !== undefined).map(({ startedAt }) => startedAt)
    if (started.length === 0) return
    const leftMs = Math.min(...started) + this.#options.limits.deadlineMs - clock.now()
    this.#timer = clock.setTimeout(() => this.#change.notify(), Math.max(0, leftMs))
  }

  /** Reacts to a new turn, or to the end of all turns. */
  #turnsChanged(failure: { readonly error: unknown } | undefined): void {
    if (failure) {
      this.#fail(failure.error)
      this.#giveUpWaiting('The run ended while the token waited for a turn.')
    }
    this.#change.notify()
  }

  async #read(): Promise<void> {
    this.#reading = true
    try {
      const { done, value } = await this.#source.next()
      if (done) this.#exhausted = true
      // After an abort nothing more is started, and the token counts as not taken.
      else if (!this.#stop.signal.aborted) {
        const startedAt = this.#core.options.clock.now()
        const index = this.#taken++
        this.#waiting.push({ index, item: value, startedAt, attempts: 0, refusals: 0, possiblyDelivered: false })
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#reading = false
    this.#change.notify()
  }

  async #send(job: Job): Promise<void> {
    const { tokenTypeHint, verify, limits } = this.#options
    const now = this.#core.options.clock.now()
    const startedAt = job.last ? job.startedAt : now
    const deadlineMs = Math.max(1, startedAt + limits.deadlineMs - now)
    this.#inFlight++
    this.#rate.sent(now)
    try {
      const { token, hint = tokenTypeHint, wasActive } = partsOf(job.item)
      const options = { ...limits, deadlineMs, tokenTypeHint: hint, verify, signal: this.#stop.signal }
      const core = this.#turns?.clientFor(this.#core) ?? this.#core
      const attempt = await revoke(core, token, options, {
        deferThrottling: true,
        before: wasActive || job.last?.revocation.wasActive || undefined,
        accepted: job.last?.accepted,
      })
      this.#settle({ ...job, startedAt }, attempt)
    } catch (error) {
      // Only an invalid hint gets here: it concerns only this token.
      if (isLogoutError(error)) this.#report(job, { state: 'live', revoked: false, attempts: 0, durationMs: 0, error })
      else this.#fail(error)
    }
    this.#inFlight--
    this.#change.notify()
  }

  /** Adapts the rate to a response; the token is settled, or waits to be sent again. */
  #settle(job: Job, attempt: RevocationAttempt): void {
    const { revocation, throttled, retryAfterMs } = attempt
    const now = this.#core.options.clock.now()
    if (this.#turns) this.#turns.learn(attempt)
    else if (throttled) this.#rate.throttled(now, retryAfterMs)
    else if (revocation.error?.retryable) this.#rate.failed(now)
    else this.#rate.answered(now)
    const tried: Job = {
      ...job,
      attempts: job.last?.accepted ? job.attempts : job.attempts + revocation.attempts,
      possiblyDelivered: job.possiblyDelivered || revocation.state === 'unknown',
    }
    if (!throttled) this.#report(tried, revocation)
    else if (job.refusals === MAX_REFUSALS || this.#stop.signal.aborted) this.#giveUp({ ...tried, last: attempt })
    else this.#waiting.push({ ...tried, last: attempt, refusals: job.refusals + 1 })
  }

  /** Gives up on the tokens whose own deadline passes before the provider admits more. */
  #giveUpLate(): void {
    const { limits } = this.#options
    const now = this.#core.options.clock.now()
    const nextAt = now + this.#rate.delay(now)
    const isLate = ({ last, startedAt }: Job): boolean => last !== undefined && nextAt >= startedAt + limits.deadlineMs
    const late = this.#waiting.filter(isLate)
    if (late.length === 0) return
    this.#waiting = this.#waiting.filter((job) => !isLate(job))
    for (const job of late) this.#giveUp(job)
  }

  #abort(): void {
    this.#stop.abort()
    this.#giveUpWaiting('The run was aborted while the token waited for the provider to admit more.')
    this.#change.notify()
  }

  #giveUpWaiting(message: string): void {
    const error = new LogoutError('aborted', message)
    for (const job of this.#waiting.splice(0)) this.#giveUp(job, error)
  }

  /** Reports a token that waited to be sent, for the first time or again. Its last call ends here. */
  #giveUp(job: Job, error: LogoutError | undefined = job.last?.revocation.error): void {
    const unsent: Revocation = { state: 'live', revoked: false, attempts: 0, durationMs: 0 }
    const revocation = this.#report(job, { ...(job.last?.revocation ?? unsent), ...(error && { error }) })
    if (job.last) emitOutcome(job.last.call, revocation)
  }

  #report(job: Job, revocation: Revocation): Revocation {
    const { index, attempts, startedAt, possiblyDelivered } = job
    const state = tokenState(revocation.state, possiblyDelivered)
    const durationMs = this.#core.options.clock.now() - startedAt
    const reported = { ...revocation, state, attempts, index, durationMs }
    this.#settled.push(reported)
    return reported
  }

  /** The source failed: tokens in progress are still reported, then its error is thrown. */
  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#exhausted = true
  }
}

function partsOf(item: unknown): { token: unknown; hint: TokenTypeHint | undefined; wasActive: boolean } {
  if (typeof item !== 'object' || item === null) return { token: item, hint: undefined, wasActive: false }
  const { token, tokenTypeHint, wasActive } = item as Exclude<BulkToken, string>
  return { token, hint: tokenTypeHint, wasActive: wasActive === true }
}
