import { type BulkJob, newJob, partsOf, tried } from './bulk-job.ts'
import type { BulkPacer } from './bulk-pacer.ts'
import type { ClientCore } from './call.ts'
import type { ResolvedLimits } from './call-options.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import type { Gate } from './gate.ts'
import { RateGate } from './rate-gate.ts'
import type { Revocation } from './revocation.ts'
import { emitOutcome, type RevocationAttempt, type RevokeOptions, revoke } from './revoke.ts'
import { closeSource, type TokenReader } from './token-source.ts'
import { tokenState } from './token-state.ts'
import { Turns } from './turns.ts'
import { Wakeup } from './wakeup.ts'

/** Options of a bulk run, checked. */
export interface BulkOptions extends Pick<RevokeOptions, 'tokenTypeHint' | 'verify' | 'signal'> {
  readonly concurrency: number
  readonly pacer?: BulkPacer | undefined
  /** They apply to each token. */
  readonly limits: ResolvedLimits
}

/** Maximum number of refusals for throttling of one token before it is reported. */
const MAX_REFUSALS = 20

/**
 * Revokes the tokens of one source. One loop sends what its {@link Gate} allows, yields settled tokens, and sleeps until
 * something changes: a response, an item of the source, the end of a pause, or an abort.
 */
export class BulkRun {
  readonly #core: ClientCore
  readonly #source: TokenReader
  readonly #options: BulkOptions
  readonly #gate: Gate
  readonly #change = new Wakeup()
  /** Ends requests in progress when the caller's signal aborts or the caller stops reading. */
  readonly #stop = new AbortController()
  /** Tokens to send: new from the source, or again because the provider throttled. */
  #waiting: BulkJob[] = []
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
    const { pacer, concurrency } = options
    this.#gate =
      pacer === undefined
        ? new RateGate(concurrency)
        : new Turns(pacer, concurrency, this.#stop.signal, (failure) => this.#turnsChanged(failure))
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
    return this.#gate.window
  }

  /** Sends tokens, or reads the next one, while the gate and the consumer allow it. */
  #sendWhatIsAllowed(): void {
    const { clock } = this.#core.options
    clock.clearTimeout(this.#timer)
    while (!this.#stop.signal.aborted && this.#inFlight + this.#settled.length < this.#window) {
      this.#readAhead()
      const next = this.#waiting[0]
      if (!next && (this.#exhausted || this.#reading)) return
      const now = clock.now()
      const delayMs = this.#gate.delay(now)
      if (delayMs > 0) {
        this.#timer = clock.setTimeout(() => this.#change.notify(), delayMs)
        return
      }
      if (!next) {
        this.#read()
        return
      }
      if (!this.#gate.take(this.#waiting.length, now)) {
        this.#wakeAtDeadline()
        return
      }
      this.#waiting.shift()
      this.#send(next)
    }
  }

  #readAhead(): void {
    const room = Math.min(this.#gate.readAhead, this.#window - this.#inFlight - this.#settled.length)
    if (this.#waiting.length < room && !this.#exhausted && !this.#reading) this.#read()
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
        this.#waiting.push(newJob(this.#taken++, value, startedAt))
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#reading = false
    this.#change.notify()
  }

  async #send(job: BulkJob): Promise<void> {
    const { tokenTypeHint, verify, limits } = this.#options
    const now = this.#core.options.clock.now()
    const startedAt = job.last ? job.startedAt : now
    const deadlineMs = Math.max(1, startedAt + limits.deadlineMs - now)
    this.#inFlight++
    try {
      const { token, hint = tokenTypeHint, wasActive } = partsOf(job.item)
      const options = { ...limits, deadlineMs, tokenTypeHint: hint, verify, signal: this.#stop.signal }
      const attempt = await revoke(this.#gate.clientFor(this.#core), token, options, {
        deferThrottling: true,
        before: wasActive || job.last?.revocation.wasActive || undefined,
        accepted: job.last?.accepted,
      })
      this.#settle(tried(job, startedAt, attempt), attempt)
    } catch (error) {
      // Only an invalid hint gets here: it concerns only this token.
      if (isLogoutError(error)) this.#report(job, { state: 'live', revoked: false, attempts: 0, durationMs: 0, error })
      else this.#fail(error)
    }
    this.#inFlight--
    this.#change.notify()
  }

  /** Adapts the gate to a response; the token is settled, or waits to be sent again. */
  #settle(job: BulkJob, attempt: RevocationAttempt): void {
    const { revocation, throttled } = attempt
    this.#gate.learn(attempt, this.#core.options.clock.now())
    if (!throttled) this.#report(job, revocation)
    else if (job.refusals === MAX_REFUSALS || this.#stop.signal.aborted) this.#giveUp({ ...job, last: attempt })
    else this.#waiting.push({ ...job, last: attempt, refusals: job.refusals + 1 })
  }

  /** Gives up on the tokens whose own deadline passes before the provider admits more. */
  #giveUpLate(): void {
    const { limits } = this.#options
    const now = this.#core.options.clock.now()
    const nextAt = now + this.#gate.delay(now)
    const isLate = ({ last, startedAt }: BulkJob): boolean =>
      last !== undefined && nextAt >= startedAt + limits.deadlineMs
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
  #giveUp(job: BulkJob, error: LogoutError | undefined = job.last?.revocation.error): void {
    const unsent: Revocation = { state: 'live', revoked: false, attempts: 0, durationMs: 0 }
    const revocation = this.#report(job, { ...(job.last?.revocation ?? unsent), ...(error && { error }) })
    if (job.last) emitOutcome(job.last.call, revocation)
  }

  #report(job: BulkJob, revocation: Revocation): Revocation {
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
