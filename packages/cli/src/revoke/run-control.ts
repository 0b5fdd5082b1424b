import type { CommandError } from '../command-error.ts'
import { onInterruption } from '../interruption.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The time that requests in flight have once a run is to end, in milliseconds. */
const GRACE_MS = 5_000

/** Stops a run early: after Ctrl-C, when the reader of the output left, or after a failure that affects every token. */
export class RunControl implements Disposable {
  /** Reason why the run cannot continue. */
  fatal: CommandError | undefined
  interrupted = false
  /** Resolves once the run is to end early: then nothing waits for a reader of the output. */
  readonly ending: Promise<void>
  readonly #resolveEnding: () => void
  readonly #abort = new AbortController()
  readonly #stopInput: () => void
  readonly #terminal: Terminal
  readonly #stopListening: () => void
  readonly #interrupt: () => void
  #grace: NodeJS.Timeout | undefined

  /**
   * @param stopInput Ends the input, so that nothing more is sent.
   * @param onInterrupt Informs the user at the terminal.
   */
  constructor(terminal: Terminal, stopInput: () => void, onInterrupt: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ending = promise
    this.#resolveEnding = resolve
    this.#terminal = terminal
    this.#stopInput = stopInput
    this.#interrupt = () => {
      if (this.interrupted) return
      this.interrupted = true
      onInterrupt()
      this.#end()
    }
    this.#stopListening = onInterruption(this.#interrupt)
    terminal.readerLeft.addEventListener('abort', this.#interrupt)
    if (terminal.readerLeft.aborted) this.#interrupt()
  }

  /** Aborts when the time of the requests in flight is over. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Stops the run. Only the first reason counts. */
  fail(error: CommandError): void {
    this.fatal ??= error
    this.#end()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#grace)
    this.#stopListening()
    this.#terminal.readerLeft.removeEventListener('abort', this.#interrupt)
  }

  #end(): void {
    this.#stopInput()
    this.#resolveEnding()
    this.#grace ??= setTimeout(() => this.#abort.abort(), GRACE_MS)
  }
}
