import type { KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { openPrivate } from '../files/private-file.ts'
import { shownName } from '../files/shown-name.ts'

const FORM = /^backend-logout journal key 1 ([\w-]{43})\n$/
const MAX_BYTES = 1_024
/** The number of checks of an empty file, and the time between them. */
const LOOKS = 20
const LOOK_MS = 25

/**
 * The key of a journal. It is random, and in a separate file: anyone who reads only the journal can neither compare a
 * guess at a token with the sums in it, nor write records.
 *
 * It is not derived from the application's secret: after an incident that secret is replaced, and then no journal could
 * be resumed.
 */
export class JournalKey {
  // An import would also be loaded by runs without a journal.
  readonly #crypto = process.getBuiltinModule('node:crypto')
  readonly #key: KeyObject

  constructor(key: Uint8Array) {
    this.#key = this.#crypto.createSecretKey(key)
  }

  /** Turns the digest of an input into a sum that is meaningless without the key. */
  sumOf(digest: Uint8Array): string {
    return this.#mac('input', digest)
  }

  /** Turns the start of an output into a sum that tells it from those of other runs. */
  startOf(output: Uint8Array): string {
    return this.#mac('output', output)
  }

  /** Makes the seal of a record. */
  sealOf(record: string): string {
    return this.#mac('record', record)
  }

  #mac(purpose: string, data: string | Uint8Array): string {
    return this.#crypto.createHmac('sha256', this.#key).update(`${purpose}\0`).update(data).digest('hex').slice(0, 32)
  }
}

/** The file with the key of a journal. */
export function keyPath(journal: string): string {
  return `${journal}.key`
}

/**
 * Reads the key of a journal, or creates one.
 *
 * @param isNeeded Whether the journal has records that were written with a key.
 * @param otherFiles See `otherFilesThan`.
 * @throws CommandError when the file cannot be used, or is missing although there must be one
 */
export async function openJournalKey(journal: string, isNeeded: boolean, otherFiles: string): Promise<JournalKey> {
  const path = keyPath(journal)
  const name = shownName(path, 'The key of the journal')
  try {
    if (!existsSync(path)) {
      if (isNeeded) {
        throw refusal(
          `The key of the journal is missing: ${path}. Without it, nothing in the journal can be checked. Restore it, ` +
            `or name ${otherFiles}.`,
        )
      }
      const created = await createKey(path)
      if (created) return created
    }
    await using file = await openPrivate(path, 'The key of the journal')
    let text = await readStart(file)
    // Another run may be about to write it.
    for (let look = 0; text === '' && look < LOOKS; look++) {
      await sleep(LOOK_MS)
      text = await readStart(file)
    }
    // Or it was killed before it did.
    if (text === '' && !isNeeded) return await writeKey(file)
    const [, key] = FORM.exec(text) ?? []
    if (!key) throw refusal(`${path} has the name of the journal's key, but is another file. Name ${otherFiles}.`)
    return new JournalKey(Buffer.from(key, 'base64url'))
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw refusal(`${name} cannot be used: ${describeSystemError(error)}.`)
  }
}

/** Creates a key; `undefined` when another run was faster, because both must use the same one. */
async function createKey(path: string): Promise<JournalKey | undefined> {
  let file: FileHandle
  try {
    file = await openPrivate(path, 'The key of the journal', { exclusive: true })
  } catch (error) {
    if (existsSync(path)) return undefined
    throw error
  }
  try {
    return await writeKey(file)
  } finally {
    await file.close()
  }
}

async function writeKey(file: FileHandle): Promise<JournalKey> {
  const key = crypto.getRandomValues(new Uint8Array(32))
  try {
    await file.writeFile(`backend-logout journal key 1 ${Buffer.from(key).toString('base64url')}\n`)
    // Before the first record: a journal without its key is useless.
    await file.sync()
  } catch (error) {
    // Half a key would be mistaken for another file.
    await file.truncate().catch(() => {})
    throw error
  }
  return new JournalKey(key)
}

async function readStart(file: FileHandle): Promise<string> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
  return buffer.toString('utf8', 0, bytesRead)
}

function refusal(message: string): CommandError {
  return new CommandError(ExitCode.usage, message)
}
