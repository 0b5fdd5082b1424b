import { AssertionError } from 'node:assert'
import { emit as emitTo } from '@backend-logout/core'
import { Adder, MAX_BATCH, type NewLogout } from './adder.ts'
import { batches, isIterable } from './batches.ts'
import { BulkTurns } from './bulk-turns.ts'
import { checkAddOptions, resolveDeadLetterOptions, resolveWorkOptions } from './call-options.ts'
import { DeadLetters, isId } from './dead-letters.ts'
import { EntrySealer } from './entry.ts'
import { isOutboxError, OutboxError, refuse, storeError } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'
import { createPastJudge } from './expiry.ts'
import { createHealth } from './health.ts'
import { createKeyring } from './keyring.ts'
import { checkLane, type Lane } from './lanes.ts'
import { type OutboxOptions, resolveOptions } from './options.ts'
import type { AddOptions, Outbox, OutboxStats } from './outbox.ts'
import { acceptsWrites, readStats } from './stats.ts'
import { openStore, stopBoss } from './store.ts'
import { storeErrorEvent } from './store-error-event.ts'
import { type OutboxTokens, readTokens } from './tokens.ts'
import { joinTransaction } from './transaction.ts'
import { Working } from './working.ts'

/** Time limit for logouts that are being stored when the outbox closes, in milliseconds. */
const CLOSE_MS = 5_000

/**
 * Opens an outbox, and creates or upgrades the tables in its store.
 *
 * @throws OutboxError `invalid_options`, `store_in_use`, `store_not_private` or `store_unavailable`
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/core'
 * import { openOutbox } from '@backend-logout/outbox'
 *
 * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * await using outbox = await openOutbox({
 *   client,
 *   store: './outbox',
 *   encryptionKeys: [{ kid: '2026-11', key: process.env.OUTBOX_KEY ?? '' }],
 * })
 * await outbox.add({ accessToken: '…', refreshToken: '…' })
 *
 * const stop = new AbortController()
 * process.once('SIGTERM', () => stop.abort())
 * await outbox.work({ signal: stop.signal })
 * ```
 */
export async function openOutbox(given: OutboxOptions): Promise<Outbox> {
  const settings = resolveOptions(given)
  const keyring = createKeyring(given.encryptionKeys)
  const emit: OnOutboxEvent = (event) => emitTo(settings.onEvent, event)
  const isPast = createPastJudge()
  const store = await openStore(
    settings.store,
    (error) => emit(storeErrorEvent('The database', error)),
    (message) => emit({ type: 'store_made_private', message }),
  )
  const sealer = new EntrySealer(keyring, { queue: store.schema, provider: settings.provider })
  const deadLetters = new DeadLetters(store)
  const closing = new AbortController()
  const { maxRefusals } = settings
  const working = new Working(store, { sealer, maxRefusals, isPast, emit, deadLetters, closing: closing.signal })
  let bulkTurns: BulkTurns | undefined
  let closed: Promise<void> | undefined

  const added = (count: number): void => {
    emit({ type: 'added', count })
    working.nudge()
  }
  const adder = new Adder({ store, sealer, revocations: settings.revocations, timeoutMs: settings.addTimeoutMs, added })
  const checkOpen = (): void => {
    if (closed) throw new OutboxError('closed', 'The outbox is closed.')
  }
  const checkWritable = (): void => {
    checkOpen()
    if (store.readOnly)
      refuse('invalid_argument', 'The store was opened with readOnly: only stats() and deadLetters() work.')
  }
  const asking = async <T>(doing: string, task: () => Promise<T>): Promise<T> => {
    checkOpen()
    try {
      return await task()
    } catch (error) {
      // An assertion of pg-boss is about an argument, such as the id of a page that is gone.
      if (error instanceof AssertionError) throw new OutboxError('invalid_argument', error.message)
      throw storeError(doing, error)
    }
  }
  const stats = (): Promise<OutboxStats> => asking('Counting', () => readStats(store))
  const writableStats = async (): Promise<OutboxStats> => {
    const [found, isWritable] = await Promise.all([
      stats(),
      store.readOnly || asking('Checking the database', () => acceptsWrites(store)),
    ])
    if (!isWritable) throw new OutboxError('store_unavailable', 'The database is read-only.')
    return found
  }
  const read = (tokens: OutboxTokens, { expiresAt, lane }: AddOptions, defaultLane: Lane): NewLogout => ({
    ...readTokens(tokens, expiresAt, settings.maxAgeMs, settings.fingerprint),
    lane: checkLane(lane ?? defaultLane),
  })
  const insert = (list: readonly NewLogout[], { transaction }: AddOptions): Promise<string[]> =>
    transaction ? adder.insertInto(joinTransaction(transaction, settings.store), list, transaction) : adder.insert(list)

  const outbox: Outbox = {
    async add(tokens, options = {}) {
      checkWritable()
      checkAddOptions(options)
      const entry = read(tokens, options, 'interactive')
      if (!options.transaction) return adder.add(entry)
      const [id] = await insert([entry], options)
      return id as string
    },

    async addMany(source, options = {}) {
      checkAddOptions(options)
      if (!isIterable(source)) refuse('invalid_argument', 'The logouts must be a list, or another iterable.')
      const ids: string[] = []
      try {
        for await (const batch of batches(source, (tokens) => read(tokens, options, 'backlog'), MAX_BATCH)) {
          checkWritable()
          ids.push(...(await insert(batch, options)))
        }
        return ids
      } catch (error) {
        if (!isOutboxError(error)) throw error
        throw new OutboxError(error.code, error.message, { cause: error.cause, added: ids.length })
      }
    },

    async work(options = {}) {
      checkWritable()
      return working.run(resolveWorkOptions(options, settings.client))
    },

    pacer() {
      checkWritable()
      const report = (doing: string, error: unknown): void => {
        // Closing cuts connections.
        if (!closing.signal.aborted) emit(storeErrorEvent(doing, error))
      }
      bulkTurns ??= new BulkTurns(store, { emit, report }, closing.signal)
      return bulkTurns
    },

    stats,

    health: createHealth(writableStats, () => working.isRunning),

    deadLetters: (options = {}) =>
      asking('Listing dead letters', () => deadLetters.list(resolveDeadLetterOptions(options))),

    retry: async (ids) => {
      checkWritable()
      const count = await asking('Retrying dead letters', () =>
        deadLetters.retry(ids === 'all' ? undefined : [ids].flat().filter(isId)),
      )
      if (count > 0) working.nudge()
      return count
    },

    close() {
      closed ??= (async () => {
        closing.abort()
        await Promise.all([adder.settle(CLOSE_MS), working.ended()])
        try {
          await stopBoss(store)
        } finally {
          await store.close()
        }
      })()
      return closed
    },

    [Symbol.asyncDispose]: () => outbox.close(),
  }
  return Object.freeze(outbox)
}
