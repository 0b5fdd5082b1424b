import type { Writable } from 'node:stream'
import type { createLogUpdate } from 'log-update'
import { printable, printableLines } from './printable.ts'

/** A stream that a command writes to, such as standard output. */
export type OutputStream = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }

/**
 * The only way from a command to a stream. All text from other sources (providers, databases, journals, file names, the
 * environment) passes {@link printable} here, so that one line stays one line.
 */
export class Output {
  readonly #stream: OutputStream
  #status: ReturnType<typeof createLogUpdate> | undefined

  #draining: Promise<void> | undefined

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  /** True if the output is a terminal. */
  get isTTY(): boolean {
    return this.#stream.isTTY === true
  }

  /** The number of characters in a line of the terminal. */
  get columns(): number {
    return this.#stream.columns ?? 80
  }

  /** Writes lines, after removing the status line. Line breaks inside a line become visible characters. */
  writeLines(lines: readonly string[]): void {
    if (lines.length === 0) return
    this.#status?.clear()
    this.#stream.write(printableLines(lines))
  }

  /** Waits until a slow reader has caught up; `undefined` when there is nothing to wait for. */
  drained(): Promise<void> | undefined {
    const stream = this.#stream
    if (!stream.writableNeedDrain || stream.destroyed) return undefined
    // Many may wait, and each listener is one of a few that a stream accepts.
    this.#draining ??= new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done)
        this.#draining = undefined
        resolve()
      }
      stream.on('drain', done).on('close', done)
    })
    return this.#draining
  }

  /** Prepares a status line, which is redrawn in the same place. */
  async openStatus(): Promise<void> {
    const { createLogUpdate } = await import('log-update')
    // The cursor stays visible: a run that is killed could not bring it back.
    this.#status = createLogUpdate(this.#stream as NodeJS.WritableStream, { showCursor: true })
  }

  /** Draws the status line. */
  showStatus(line: string): void {
    this.#status?.(printable(line))
  }

  /** Removes the status line. */
  closeStatus(): void {
    this.#status?.clear()
    this.#status = undefined
  }
}
