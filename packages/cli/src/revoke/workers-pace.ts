import type { BulkPacer } from '@backend-logout/node'
import type { Outbox, OutboxEvent, OutboxOptions } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { unusedKey } from '../outbox/open.ts'
import { readStore } from '../store-option.ts'
import { note, type Terminal } from '../terminal/terminal.ts'

/** The option that names the outbox whose workers share their pace with a run. */
export interface PaceLocation {
  readonly outbox?: string
}

/** The pace that a run shares with the workers of an outbox. */
export interface WorkersPace extends AsyncDisposable {
  readonly pacer: BulkPacer
  /** Shows what users of the command should know. */
  tell: (text: string) => void
  /** Ends the waiting for turns: the run rejects with `closed` once its requests in flight are reported. */
  stop(): void
}

/** The same trouble with the database is shown again after this time, in milliseconds. */
const AGAIN_MS = 30_000

/**
 * Opens the outbox that the option or the environment names, if either does, to take turns with its workers. Needs no
 * keys, because no logout is read. One that only the environment names may serve other commands: if it cannot be used,
 * the run keeps its own pace, because tokens should be revoked now.
 *
 * @throws CommandError when the one in the option cannot be used
 */
export async function openWorkersPace(
  { outbox: given, dryRun = false }: PaceLocation & { readonly dryRun?: boolean },
  terminal: Terminal,
): Promise<WorkersPace | undefined> {
  const address = readStore({ option: '--outbox', variable: 'OUTBOX_STORE' }, given, terminal)
  if (!address) return undefined
  if (!address.isPostgres) {
    // Only one process at a time can open an outbox in a folder, so no worker runs next to this one.
    if (given === undefined) return undefined
    throw new CommandError(
      ExitCode.usage,
      '--outbox must be the postgres:// address of an outbox. An outbox in a folder has no workers in other processes.',
    )
  }
  if (dryRun) return undefined
  const pace = { tell: (text: string) => note(terminal, text) }
  const describe = createDescription()
  const outbox = await open(address.store, (event) => {
    const text = describe(event)
    if (text) pace.tell(`backend-logout: ${text}`)
  })
  if (outbox instanceof CommandError) {
    const problem = `The outbox in ${address.name} cannot be used: ${outbox.message.replace(/\.?$/, '.')}`
    if (given !== undefined) throw new CommandError(outbox.exitCode, `${problem} Nothing was sent.`)
    pace.tell(`backend-logout: ${problem} The run keeps its own pace, and its workers another one.`)
    return undefined
  }
  return Object.assign(pace, {
    pacer: outbox.pacer(),
    stop: () => void outbox.close().catch(() => {}),
    [Symbol.asyncDispose]: () => outbox.close(),
  })
}

async function open(postgres: string, onEvent: OutboxOptions['onEvent']): Promise<Outbox | CommandError> {
  // Loaded only now, because most runs need no database.
  const { isOutboxError, openOutbox } = await import('@backend-logout/outbox')
  const encryptionKeys = [unusedKey()]
  try {
    // Opening it to write would create the tables. The pace of a wrong database would have no workers.
    await using _existing = await openOutbox({ store: { postgres, readOnly: true }, encryptionKeys })
    return await openOutbox({ store: { postgres, maxConnections: 2 }, encryptionKeys, onEvent })
  } catch (error) {
    if (!isOutboxError(error)) throw error
    return new CommandError(error.code === 'invalid_options' ? ExitCode.usage : ExitCode.stopped, error.message)
  }
}

/** Describes events for people. */
function createDescription(): (event: OutboxEvent) => string | undefined {
  let [last, shownAt] = ['', Number.NEGATIVE_INFINITY]
  return (event) => {
    if (event.type === 'paused') {
      const duration = formatDuration(Math.max(0, event.until.getTime() - Date.now()))
      return `pauses for ${duration}, with the workers of the outbox, because of the provider (${event.code}).`
    }
    if (event.type === 'resumed') return 'resuming: the provider responds.'
    if (event.type !== 'store_error') return undefined
    const now = performance.now()
    if (event.message === last && now < shownAt + AGAIN_MS) return undefined
    ;[last, shownAt] = [event.message, now]
    return `waiting for the database of the outbox. ${event.message}`
  }
}
