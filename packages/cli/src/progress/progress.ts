import { note, type Terminal } from '../terminal/terminal.ts'
import { drawProgressLine, formatProgressLine, type ProgressState } from './progress-line.ts'
import { RecentRate } from './recent-rate.ts'

const WINDOW_MS = 8_000
const DRAW_MS = 125
const LOG_MS = 10_000
/** After this time without a success, the end of the run cannot be estimated. */
const STALLED_MS = 5_000

/** The source that {@link Progress} watches. */
export interface ProgressSource {
  /** Number completed, with any outcome. */
  readonly done: () => number
  /** Number failed. */
  readonly failed: () => number
  /** Number completed by earlier runs. */
  readonly doneBefore?: () => number
  /** The number of requests in flight. Without it, a pause cannot be distinguished from a stall. */
  readonly inFlight?: () => number
  /** True while the run reads the part that an earlier run has completed. */
  readonly isCatchingUp?: () => boolean
  /** Number of input bytes read. */
  readonly bytes?: () => number
  /** The length of the input, if it is known. */
  readonly totalBytes?: number | undefined
}

/** Shows the progress of a run: a bar on a terminal, a line every 10 s elsewhere, nothing when quiet. */
export class Progress {
  readonly #source: ProgressSource
  readonly #terminal: Terminal
  readonly #quiet: boolean
  #items: RecentRate = new RecentRate(WINDOW_MS)
  #bytes: RecentRate = new RecentRate(WINDOW_MS)
  #succeeded = 0
  #succeededAt: number
  #doneBefore = 0
  #timer: NodeJS.Timeout | undefined

  constructor(terminal: Terminal, source: ProgressSource, quiet: boolean) {
    this.#terminal = terminal
    this.#source = source
    this.#quiet = quiet
    this.#succeededAt = performance.now()
  }

  /** Starts showing. */
  async start(): Promise<void> {
    this.#state()
    if (this.#quiet) return
    const { stderr } = this.#terminal
    if (!stderr.isTTY) {
      this.#timer = setInterval(
        () => note(this.#terminal, `backend-logout: ${formatProgressLine(this.#state())}`),
        LOG_MS,
      )
      return
    }
    await stderr.openStatus()
    this.#timer = setInterval(() => stderr.showStatus(drawProgressLine(this.#state(), stderr.columns)), DRAW_MS)
  }

  /** Writes a note, unless quiet. */
  note(text: string): void {
    if (!this.#quiet) note(this.#terminal, text)
  }

  /** Removes the bar. */
  stop(): void {
    clearInterval(this.#timer)
    this.#terminal.stderr.closeStatus()
  }

  #state(): ProgressState {
    const { done, failed, doneBefore = () => 0, bytes = () => 0, isCatchingUp = () => false, totalBytes } = this.#source
    const now = performance.now()
    const stalledMs = this.#stalledMs(now, done() - failed())
    // Skipped rows, and time without progress, do not predict the remaining time.
    if (isCatchingUp() || doneBefore() !== this.#doneBefore || stalledMs !== undefined) this.#forget()
    this.#doneBefore = doneBefore()
    const taken = bytes()
    this.#items.sample(now, done())
    this.#bytes.sample(now, taken)
    const known = totalBytes !== undefined && totalBytes > 0
    const pace = this.#bytes.perSecond
    return {
      done: done() + doneBefore(),
      failed: failed(),
      rate: this.#items.perSecond,
      fraction: known ? Math.min(1, taken / totalBytes) : undefined,
      remainingMs: known && pace > 0 ? (Math.max(0, totalBytes - taken) / pace) * 1000 : undefined,
      isCatchingUp: isCatchingUp(),
      stalledMs,
    }
  }

  #stalledMs(now: number, succeeded: number): number | undefined {
    const { inFlight = () => 0 } = this.#source
    if (succeeded !== this.#succeeded || inFlight() === 0) this.#succeededAt = now
    this.#succeeded = succeeded
    const sinceMs = now - this.#succeededAt
    return sinceMs >= STALLED_MS ? sinceMs : undefined
  }

  #forget(): void {
    this.#items = new RecentRate(WINDOW_MS)
    this.#bytes = new RecentRate(WINDOW_MS)
  }
}
