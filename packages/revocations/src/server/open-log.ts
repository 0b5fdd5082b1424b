import type { StoreLocation } from '@backend-logout/private-store'
import { RevocationError } from '../errors.ts'
import { emit } from '../events.ts'
import { Appender } from './appender.ts'
import type { RevocationLogEvent } from './events.ts'
import { Hub } from './hub.ts'
import type { RevocationLog } from './log.ts'
import { MemoryStore } from './memory-store.ts'
import { readEntries } from './new-entry.ts'
import { type RevocationLogOptions, resolveLogOptions } from './options.ts'
import type { LogStore } from './store.ts'
import { storeError } from './store-error.ts'

/** Time limit for entries that are being stored when the log closes, in milliseconds. */
const CLOSE_MS = 5_000
/** Interval between deletions of ended entries, in milliseconds, plus or minus a half. */
const PRUNE_MS = 600_000

/**
 * Opens a revocation log, and creates its tables.
 *
 * @throws RevocationError `invalid_options`, `store_in_use`, `store_not_private` or `store_unavailable`
 * @example
 * ```ts
 * import { openRevocationLog } from '@backend-logout/revocations/server'
 *
 * await using log = await openRevocationLog({ store: 'postgres://localhost/app' })
 * const now = Math.floor(Date.now() / 1000)
 * // Everything that was issued to this user until now; access tokens live for an hour.
 * await log.append({ iss: 'https://id.example.com', sub: 'alice', at: now, until: now + 3600 })
 * ```
 */
export async function openRevocationLog(options: RevocationLogOptions): Promise<RevocationLog> {
  const { store: resolved, appendTimeoutMs, pageEntries, onEvent } = resolveLogOptions(options)
  const report = (error: unknown): void => {
    emit(onEvent, { type: 'store_error', message: storeError('The revocation log', error).message })
  }
  const store = await openStore(resolved, pageEntries, (event) => emit(onEvent, event), report)
  const hub = new Hub(store, report)
  const appender = new Appender(store, appendTimeoutMs, (count) => {
    emit(onEvent, { type: 'appended', count })
    hub.hint()
  })
  let closed: Promise<void> | undefined
  let pruneTimer: ReturnType<typeof setTimeout> | undefined

  const prune = async (): Promise<void> => {
    try {
      const count = await store.prune()
      if (count > 0) emit(onEvent, { type: 'pruned', count })
    } catch (error) {
      if (!closed) report(error)
    }
    if (closed) return
    // Not all processes at the same time.
    pruneTimer = setTimeout(prune, PRUNE_MS * (0.5 + Math.random()))
    if (typeof pruneTimer === 'object') pruneTimer.unref()
  }
  prune()

  const log: RevocationLog = {
    async append(given, options) {
      const { transaction, ...others } = options ?? {}
      if (closed) throw new RevocationError('closed', 'The revocation log is closed.')
      if (Object.values(others).some((value) => value !== undefined)) {
        throw new RevocationError('invalid_argument', 'The only option here is transaction.')
      }
      const entries = readEntries(given)
      if (entries.length === 0) return
      if (!transaction) return appender.append(entries)
      if (!store.appendInto) {
        throw new RevocationError('invalid_argument', 'A transaction can be joined only with a Postgres store.')
      }
      await store.appendInto(transaction, entries)
    },
    read: (request) => hub.read(request),
    close() {
      closed ??= (async () => {
        clearTimeout(pruneTimer)
        hub.close()
        await appender.settle(CLOSE_MS)
        await store.close()
      })()
      return closed
    },
    [Symbol.asyncDispose]: () => log.close(),
  }
  return Object.freeze(log)
}

async function openStore(
  options: StoreLocation,
  pageEntries: number,
  onEvent: (event: RevocationLogEvent) => void,
  onError: (error: unknown) => void,
): Promise<LogStore> {
  if (options.kind === 'memory') return new MemoryStore(pageEntries)
  // Loaded only where they are used, so that a log in memory runs everywhere.
  if (options.kind === 'postgres') {
    return (await import('./postgres-store.ts')).PostgresStore.open(options, pageEntries, onError)
  }
  const onExposed = (message: string): void => onEvent({ type: 'store_made_private', message })
  return (await import('./folder-store.ts')).FolderStore.open(options.folder, pageEntries, onExposed)
}
