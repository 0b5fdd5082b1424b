import type { FileHandle } from 'node:fs/promises'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { fileSource } from '../input/byte-source.ts'
import { LineReader } from '../input/line-reader.ts'
import { MAX_ENDPOINTS } from './endpoints.ts'
import { type JournalKey, keyPath, openJournalKey } from './journal-key.ts'
import {
  type Checkpoint,
  HEADER_START,
  isKeyed,
  type JournalIdentity,
  type JournalRecord,
  parseRecord,
} from './journal-record.ts'
import { LineSet } from './line-set.ts'

/** More than the size of a journal of ten million lines. */
export const MAX_JOURNAL_BYTES: number = 1024 ** 3
/** Confirmed lines in this many pieces take about 100 MB. */
const MAX_RANGES = 5_000_000
/** One checkpoint of an earlier run is kept in memory for this many lines. */
const CHECKPOINT_LINES = 1024
const MAX_CHECKPOINTS = 262_144
const MAX_RUNS = 1_000

/** The contents that earlier runs left in a journal. */
export interface JournalHistory {
  /** The lines whose tokens were confirmed. */
  readonly done: LineSet
  /** The lines whose tokens were active before they were revoked, and are not proven. */
  readonly active?: LineSet
  /** In ascending order; the last one is beyond every line of `done`. */
  readonly checkpoints: readonly Checkpoint[]
  /** The length of the output file at the last record, in bytes. */
  readonly output: number | undefined
  /** The sum of the start of that file; missing in journals of earlier versions, or without outcomes. */
  readonly outputStart?: string | undefined
  /** The addresses that requests were sent to, as far as they are recorded. */
  readonly endpoints?: readonly string[]
  /** The start times of its runs, as far as they are recorded. */
  readonly runs?: readonly string[]
}

/** A journal, as it was found. */
export interface FoundJournal {
  /** Its length without the incomplete record of a killed run. */
  readonly size: number
  /** Missing when it is empty. */
  readonly history: JournalHistory | undefined
  /** Missing if no record was written with a key. */
  readonly key: JournalKey | undefined
}

/**
 * Reads a journal without changing it: until it is known to be a journal, the file may be anything.
 *
 * @param otherFiles See `otherFilesThan`.
 * @throws CommandError when it is not a journal, is damaged, forged or too large, or belongs to another application or
 * provider
 */
export async function readJournal(
  path: string,
  file: FileHandle,
  identity: JournalIdentity,
  otherFiles: string,
): Promise<FoundJournal> {
  const refusal = (why: string): CommandError =>
    new CommandError(ExitCode.usage, `${path} cannot be used as the journal: ${why}. Name ${otherFiles}.`)
  if ((await file.stat()).size > MAX_JOURNAL_BYTES) throw refusal('it is larger than 1 GiB')
  const builder = new HistoryBuilder(refusal)
  const reader = new LineReader(fileSource(file))
  let key: JournalKey | undefined
  let size = 0
  for (;;) {
    const line = reader.take()
    if (line === undefined) {
      if (reader.ended) break
      await reader.fill()
      continue
    }
    const { text = '' } = line
    let record = parseRecord(text, key)
    if (reader.line === 1) {
      if (reader.unterminated && line.text !== undefined && isTornHeader(line.text)) break
      if (record?.kind !== 'header') throw refusal('its first line is not the first line of a journal')
    }
    if (reader.unterminated) break
    if (record?.kind === 'header') {
      checkIdentity(path, record, identity, otherFiles)
      // Journals of format 1 do not say which rows they are about.
      if (record.format === 2 && record.where !== identity.where) throw otherConditions(path, otherFiles)
      if (record.format === 2 && !key) {
        key = await openJournalKey(path, true, otherFiles)
        record = parseRecord(text, key)
        if (!record) throw refusal(`it was not written with the key in ${keyPath(path)}`)
      }
    }
    size = reader.bytes
    if (!record) throw refusal(`line ${reader.line} is damaged, or was not written by backend-logout`)
    if (record.kind === 'progress') builder.add(record)
    else if (record.kind === 'output') builder.startOutput(record.start)
    else builder.addRun(record.kind === 'header' ? record.started : record.at)
  }
  return { size, history: size === 0 ? undefined : builder.build(), key }
}

class HistoryBuilder {
  readonly #refusal: (why: string) => CommandError
  readonly #done = new LineSet()
  readonly #active = new LineSet()
  readonly #checkpoints = new Map<number, Checkpoint>()
  readonly #runs: string[] = []
  readonly #endpoints = new Set<string>()
  #output: number | undefined
  #outputStart: string | undefined

  constructor(refusal: (why: string) => CommandError) {
    this.#refusal = refusal
  }

  add({ read, sum, done, active, output, endpoints }: Extract<JournalRecord, { kind: 'progress' }>): void {
    for (const [from, to] of done) this.#done.add(from, to)
    for (const [from, to] of active) this.#active.add(from, to)
    if (this.#done.ranges > MAX_RANGES || this.#active.ranges > MAX_RANGES)
      throw this.#refusal('its confirmed lines are too scattered')
    // The last one of each block, so that the very last one is included.
    const block = Math.floor(read / CHECKPOINT_LINES)
    const known = this.#checkpoints.get(block)
    // Sums of the first format cannot be compared with those of the second.
    if (known?.read === read && known.sum !== sum && isKeyed(known) === isKeyed({ read, sum })) {
      throw this.#refusal('it was used with two different inputs')
    }
    if (!known || known.read <= read) this.#checkpoints.set(block, { read, sum })
    if (this.#checkpoints.size > MAX_CHECKPOINTS) throw this.#refusal('it covers too many lines')
    this.#output = output ?? this.#output
    for (const endpoint of endpoints) if (this.#endpoints.size < MAX_ENDPOINTS) this.#endpoints.add(endpoint)
  }

  addRun(at: string | undefined): void {
    if (at !== undefined && this.#runs.length < MAX_RUNS) this.#runs.push(at)
  }

  /** A run is about to write its first outcome into an empty file: up to the next record, none of them counts. */
  startOutput(start: string): void {
    this.#outputStart = start
    this.#output = 0
  }

  build(): JournalHistory {
    return {
      done: this.#done,
      active: this.#active,
      checkpoints: [...this.#checkpoints.values()].sort((a, b) => a.read - b.read),
      output: this.#output,
      outputStart: this.#outputStart,
      endpoints: [...this.#endpoints],
      runs: this.#runs,
    }
  }
}

/** True if a run was killed while it wrote the first line. */
function isTornHeader(text: string): boolean {
  return text.startsWith(HEADER_START) || HEADER_START.startsWith(text)
}

function checkIdentity(path: string, found: JournalIdentity, wanted: JournalIdentity, otherFiles: string): void {
  const refuse = (message: string): never => {
    throw new CommandError(ExitCode.usage, `The journal ${path} ${message}`)
  }
  const { provider, app, verify, column, listed } = found
  if (provider !== wanted.provider || app !== wanted.app) {
    refuse(
      `belongs to application ${clip(app)} at ${clip(provider)}; this run is for ${wanted.app} at ${wanted.provider}. ` +
        `For this run, name ${otherFiles}.`,
    )
  }
  if (column !== wanted.column) refuse(`is about tokens in another column. Name the same one, or ${otherFiles}.`)
  if (wanted.verify && !verify)
    refuse(`was written without --verify, so nothing in it is verified. Name ${otherFiles}.`)
  if (listed === undefined || wanted.listed === undefined || listed === wanted.listed) return
  refuse(
    listed
      ? 'belongs to a run that adds the tokens to a revocation log. Name that log again, by --revocations or ' +
          `REVOCATIONS_STORE; or name ${otherFiles}.`
      : `was written without a revocation log, so the tokens that it confirms are in no log. Name ${otherFiles}.`,
  )
}

function otherConditions(path: string, otherFiles: string): CommandError {
  return new CommandError(
    ExitCode.usage,
    `The journal ${path} was written with other conditions in --where. Pass the same ones, or name ${otherFiles}.`,
  )
}

function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
