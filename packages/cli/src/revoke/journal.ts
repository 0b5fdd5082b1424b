import { fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from '../files/shown-name.ts'
import { fileSource } from '../input/byte-source.ts'
import { LineReader } from '../input/line-reader.ts'
import {
  type Checkpoint,
  formatHeader,
  formatProgress,
  formatResumed,
  type JournalIdentity,
  parseRecord,
} from './journal-record.ts'
import { LineSet } from './line-set.ts'

/** One checkpoint of an earlier run is kept in memory for so many lines. */
const CHECKPOINT_LINES = 1024

/** What earlier runs left in a journal. */
export interface JournalHistory {
  /** The lines whose tokens were confirmed. */
  readonly done: LineSet
  /** In ascending order; the last one is beyond every line of `done`. */
  readonly checkpoints: readonly Checkpoint[]
  /** How long the output file was at the last record, in bytes. */
  readonly output: number | undefined
}

/**
 * A file that remembers which lines of an input are confirmed. It is only appended to. It holds line numbers and
 * digests, and no token.
 *
 * Each record is written at once, so it outlives the process; `sync` makes it outlive the machine.
 */
export class Journal {
  readonly path: string
  /** Missing when the journal is new. */
  readonly history: JournalHistory | undefined
  readonly #file: FileHandle
  #size: number
  #dirty = true
  /** Once another process has written to the file, it is not ours any more. */
  #lost = false

  private constructor(path: string, file: FileHandle, size: number, history: JournalHistory | undefined) {
    this.path = path
    this.#file = file
    this.#size = size
    this.history = history
  }

  /**
   * Opens a journal, or starts one where the file is missing or empty. What a killed run left half written is cut off.
   *
   * @throws CommandError when the file cannot be used, is no journal, or is that of another application or provider
   */
  static async open(path: string, identity: JournalIdentity): Promise<Journal> {
    let file: FileHandle | undefined
    try {
      file = await open(path, 'a+', 0o600)
      if (!(await file.stat()).isFile())
        throw new CommandError(ExitCode.usage, `The journal ${path} is no regular file.`)
      const { size, history } = await load(path, file, identity)
      const journal = new Journal(path, file, size, history)
      journal.#write(history ? formatResumed(new Date()) : formatHeader(identity, new Date()))
      return journal
    } catch (error) {
      await file?.close()
      if (error instanceof CommandError) throw error
      const name = shownName(path, 'The journal')
      throw new CommandError(ExitCode.usage, `${name} cannot be used: ${describeSystemError(error)}.`)
    }
  }

  /**
   * Adds that lines are confirmed.
   *
   * @param done From `formatLines`.
   * @param output How long the output file is.
   * @throws CommandError when it cannot be written; then the file is as it was before
   */
  append(checkpoint: Checkpoint, done: string, output: number | undefined): void {
    this.#write(formatProgress(checkpoint, done, output))
  }

  /** Waits until the disk has what was appended. */
  async sync(): Promise<void> {
    if (!this.#dirty) return
    this.#dirty = false
    if (fstatSync(this.#file.fd).size !== this.#size) this.#lost = true
    this.#checkOwner()
    try {
      await this.#file.datasync()
    } catch (error) {
      throw new CommandError(
        ExitCode.stopped,
        `The journal ${this.path} cannot be kept: ${describeSystemError(error)}.`,
      )
    }
  }

  /** Makes everything last, and closes the file. */
  async close(): Promise<void> {
    try {
      if (!this.#lost) await this.sync()
    } finally {
      await this.#file.close()
    }
  }

  #checkOwner(): void {
    if (!this.#lost) return
    throw new CommandError(ExitCode.stopped, `Another process writes to the journal ${this.path}, so this one stops.`)
  }

  #write(text: string): void {
    this.#checkOwner()
    const bytes = Buffer.from(text)
    try {
      let written = 0
      while (written < bytes.length) written += writeSync(this.#file.fd, bytes, written)
    } catch (error) {
      this.#cutBack()
      throw new CommandError(
        ExitCode.stopped,
        `The journal ${this.path} cannot be written: ${describeSystemError(error)}. The run stops; everything in the ` +
          'journal holds. Make room and run the same command again: it goes on from there.',
      )
    }
    this.#size += bytes.length
    this.#dirty = true
  }

  #cutBack(): void {
    try {
      ftruncateSync(this.#file.fd, this.#size)
    } catch {
      // The next run cuts a torn line off.
    }
  }
}

async function load(
  path: string,
  file: FileHandle,
  identity: JournalIdentity,
): Promise<{ readonly size: number; readonly history: JournalHistory | undefined }> {
  const done = new LineSet()
  const checkpoints = new Map<number, Checkpoint>()
  let output: number | undefined
  let size = 0
  const reader = new LineReader(fileSource(file))
  const damaged = (why: string): CommandError =>
    new CommandError(ExitCode.usage, `${path} is no journal that this version can use: ${why}. Name another file.`)
  for (;;) {
    const line = reader.take()
    if (line === undefined) {
      if (reader.ended) break
      await reader.fill()
      continue
    }
    const record = line.text === undefined ? undefined : parseRecord(line.text)
    if (reader.line === 1) {
      if (reader.unterminated && isTornHeader(line.text)) break
      // A file that is not ours is never changed, also not in its last line.
      if (record?.kind !== 'header') throw damaged('its first line is not that of a journal')
      checkIdentity(path, record, identity)
    }
    if (reader.unterminated) break
    size = reader.bytes
    if (!record) throw damaged(`line ${reader.line} is damaged`)
    if (record.kind !== 'progress') continue
    for (const [from, to] of record.done) done.add(from, to)
    const { read, sum } = record
    const block = Math.floor(read / CHECKPOINT_LINES)
    const known = checkpoints.get(block)
    if (known?.read === read && known.sum !== sum) throw damaged('it was used with two different inputs')
    // The last one of each block, so that the last one of all is among them.
    if (!known || known.read < read) checkpoints.set(block, { read, sum })
    output = record.output ?? output
  }
  if (size < reader.bytes) await file.truncate(size)
  if (size === 0) return { size, history: undefined }
  return { size, history: { done, checkpoints: [...checkpoints.values()].sort((a, b) => a.read - b.read), output } }
}

/** Whether a run was killed while it wrote the first line. */
function isTornHeader(text = ''): boolean {
  const start = '{"journal":"backend-logout revoke '
  return text.startsWith(start) || start.startsWith(text)
}

function checkIdentity(path: string, found: JournalIdentity, wanted: JournalIdentity): void {
  const refuse = (message: string): never => {
    throw new CommandError(ExitCode.usage, `The journal ${path} ${message}`)
  }
  const { provider, app, verify } = found
  if (provider !== wanted.provider || app !== wanted.app) {
    refuse(`belongs to application ${app} at ${provider}; this run is for ${wanted.app} at ${wanted.provider}.`)
  }
  if (wanted.verify && !verify) refuse('was written without --verify: nothing in it is proven. Name another file.')
}
