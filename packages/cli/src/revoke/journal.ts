import { fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { type FileHandle, rm } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { openPrivate } from '../files/private-file.ts'
import { shownName } from '../files/shown-name.ts'
import { endpointsIn } from './endpoints.ts'
import { type JournalHistory, MAX_JOURNAL_BYTES, readJournal } from './journal-history.ts'
import { type JournalKey, keyPath, openJournalKey } from './journal-key.ts'
import {
  type Checkpoint,
  formatHeader,
  formatOutputStart,
  formatProgress,
  formatResumed,
  type JournalIdentity,
  type ProgressLines,
} from './journal-record.ts'

/**
 * A file that records the confirmed lines of an input. It is only appended to. It contains line numbers and sums that
 * are meaningless without its key, and no token.
 *
 * Each record is written immediately, so it outlives the process; `sync` makes it outlive the machine.
 */
export class Journal implements AsyncDisposable {
  readonly path: string
  /** Its name in messages. */
  readonly #name: string
  readonly key: JournalKey
  /** Missing when the journal is new. */
  readonly history: JournalHistory | undefined
  /** The time at which it records that this run started. */
  readonly startedAt = new Date()
  readonly #file: FileHandle
  #size: number
  #dirty = true
  /** The number of addresses that are recorded. */
  #endpoints: number
  /** Once another process has written to the file, this run must not. */
  #lost = false

  private constructor(
    path: string,
    name: string,
    file: FileHandle,
    key: JournalKey,
    size: number,
    history?: JournalHistory,
  ) {
    this.path = path
    this.#name = name
    this.#file = file
    this.key = key
    this.#size = size
    this.history = history
    this.#endpoints = history?.endpoints?.length ?? 0
  }

  /**
   * Opens a journal, or starts one if the file is missing or empty. The incomplete record of a killed run is cut off.
   *
   * @param otherFiles See `otherFilesThan`.
   * @throws CommandError when the file cannot be used, is not a journal, or is that of another application, provider or
   * run
   */
  static async open(
    path: string,
    identity: JournalIdentity,
    otherFiles = 'another file for --journal',
  ): Promise<Journal> {
    const name = shownName(path, 'The journal')
    const file = await openPrivate(path, 'The journal', { append: true })
    try {
      if (!(await isLocked(file))) {
        throw new CommandError(
          ExitCode.usage,
          `Another run uses the journal ${path}. Wait until it ends, or name ${otherFiles}. Nothing was sent.`,
        )
      }
      const { size, history, key } = await readJournal(path, file, identity, otherFiles)
      if (size < (await file.stat()).size) await file.truncate(size)
      const ownKey = key ?? (await openJournalKey(path, false, otherFiles))
      const journal = new Journal(path, name, file, ownKey, size, history)
      // A journal of format 1 continues as one of format 2.
      const { startedAt } = journal
      journal.#write(key ? formatResumed(key, startedAt) : formatHeader(journal.key, identity, startedAt))
      return journal
    } catch (error) {
      await file.close()
      if (error instanceof CommandError) throw error
      throw new CommandError(ExitCode.usage, `${name} cannot be used: ${describeSystemError(error)}.`)
    }
  }

  /**
   * Records that lines are confirmed.
   *
   * @param output The length of the output file.
   * @param endpoints All addresses that requests were sent to so far.
   * @throws CommandError when it cannot be written; then the file is unchanged
   */
  append(
    checkpoint: Checkpoint,
    lines: ProgressLines,
    output: number | undefined,
    endpoints: ReadonlySet<string> = new Set(),
  ): void {
    const added = endpoints.size > this.#endpoints ? endpointsIn([...endpoints]) : undefined
    this.#write(formatProgress(this.key, checkpoint, lines, output, added))
    this.#endpoints = Math.max(endpoints.size, this.#endpoints)
  }

  /**
   * Records how an output starts, before it does: then it cannot be mistaken for the output of another run.
   *
   * @param start From `startOfOutput`.
   * @throws CommandError as {@link Journal.append}
   */
  startOutput(start: Uint8Array): void {
    this.#write(formatOutputStart(this.key, start))
  }

  /** Waits until the appended records are on disk. */
  async sync(): Promise<void> {
    if (!this.#dirty) return
    this.#dirty = false
    if (fstatSync(this.#file.fd).size !== this.#size) this.#lost = true
    this.#checkOwner()
    try {
      await this.#file.datasync()
    } catch (error) {
      throw new CommandError(ExitCode.stopped, `${this.#name} cannot be synced to disk: ${describeSystemError(error)}.`)
    }
  }

  /** Syncs the file to disk, and closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#lost) await this.sync()
    } finally {
      await this.#file.close()
    }
  }

  /** Removes the file and its key. For a run that has sent nothing, so that the next run can differ. */
  async discard(): Promise<void> {
    if (this.history || this.#lost) return
    this.#dirty = false
    await rm(this.path, { force: true })
    await rm(keyPath(this.path), { force: true })
  }

  #checkOwner(): void {
    if (!this.#lost) return
    throw new CommandError(ExitCode.stopped, 'Stopping: another process writes to the journal.')
  }

  #write(text: string): void {
    this.#checkOwner()
    const bytes = Buffer.from(text)
    if (this.#size + bytes.length > MAX_JOURNAL_BYTES) {
      throw new CommandError(ExitCode.stopped, `${this.#name} is full. Start a new journal with the rest of the input.`)
    }
    try {
      let written = 0
      while (written < bytes.length) written += writeSync(this.#file.fd, bytes, written)
    } catch (error) {
      this.#cutBack()
      throw new CommandError(
        ExitCode.stopped,
        `${this.#name} cannot be written: ${describeSystemError(error)}. Stopping; everything in the ` +
          'journal is valid. Free some space, then run the same command again to resume.',
      )
    }
    this.#size += bytes.length
    this.#dirty = true
  }

  #cutBack(): void {
    try {
      ftruncateSync(this.#file.fd, this.#size)
    } catch {
      // The next run removes a torn line.
    }
  }
}

/** Locks the journal. Where a file system has no locks, two runs are only noticed by what they write. */
async function isLocked(file: FileHandle): Promise<boolean> {
  const { lockFile } = await import('@backend-logout/private-store/private-files')
  try {
    return lockFile(file.fd)
  } catch {
    return true
  }
}
