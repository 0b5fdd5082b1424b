import type { Store } from './boss.ts'
import type { ResolvedWorkOptions } from './call-options.ts'
import type { DeadLetters } from './dead-letters.ts'
import { refuse } from './errors.ts'
import type { WorkSummary } from './outbox.ts'
import { storeErrorEvent } from './store-error-event.ts'
import { Upkeep } from './upkeep.ts'
import { Worker, type WorkerOptions } from './worker.ts'

const HOUR_MS = 3_600_000
/** Interval between searches for claims of crashed workers, in milliseconds. */
const SUPERVISE_MS = 5_000

/** Options of {@link Working}; the first ones are those of each worker. */
export interface WorkingOptions extends Pick<WorkerOptions, 'sealer' | 'maxRefusals' | 'isPast' | 'emit'> {
  readonly deadLetters: DeadLetters
  /** Aborts when the outbox closes. */
  readonly closing: AbortSignal
}

/** The work of an outbox in this process: at most one worker at a time. Meanwhile, expired dead letters are deleted. */
export class Working {
  readonly #store: Store
  readonly #options: WorkingOptions
  readonly #upkeep: Upkeep
  #worker: Worker | undefined
  #summary: Promise<WorkSummary> | undefined

  constructor(store: Store, options: WorkingOptions) {
    this.#store = store
    this.#options = options
    this.#upkeep = new Upkeep(store, options.emit)
  }

  get isRunning(): boolean {
    return this.#summary !== undefined
  }

  /** Makes the worker, if there is one, look for logouts now. */
  nudge(): void {
    this.#worker?.nudge()
  }

  /** @throws OutboxError `invalid_argument` if it is running */
  async run(options: ResolvedWorkOptions): Promise<WorkSummary> {
    if (this.isRunning) refuse('invalid_argument', 'work() is already running on this outbox.')
    const { sealer, maxRefusals, isPast, emit, closing } = this.#options
    this.#worker = new Worker(this.#store, {
      ...{ ...options, sealer, maxRefusals, isPast, emit, upkeep: this.#upkeep },
      signal: options.signal ? AbortSignal.any([options.signal, closing]) : closing,
      superviseMs: this.#store.kind === 'embedded' ? Number.POSITIVE_INFINITY : SUPERVISE_MS,
    })
    this.#dropExpired()
    const timer = setInterval(() => this.#dropExpired(), HOUR_MS)
    this.#summary = this.#worker.run()
    try {
      return await this.#summary
    } finally {
      clearInterval(timer)
      this.#summary = this.#worker = undefined
    }
  }

  /** Resolves when no worker is running. */
  async ended(): Promise<void> {
    await this.#summary?.catch(() => {})
  }

  async #dropExpired(): Promise<void> {
    const { deadLetters, isPast, emit } = this.#options
    try {
      await deadLetters.dropExpired(isPast)
    } catch (error) {
      emit(storeErrorEvent('Deleting expired dead letters', error))
    }
  }
}
