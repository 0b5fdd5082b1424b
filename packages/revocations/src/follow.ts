import { backOff } from './back-off.ts'
import { isRevocationError, RevocationError } from './errors.ts'
import { emit } from './events.ts'
import { AnswerClock, type Moment, now } from './freshness.ts'
import type { RevocationList } from './list.ts'
import { type FollowOptions, resolveOptions } from './options.ts'
import { isPage } from './page.ts'
import { RevocationTable } from './revocation-table.ts'

/** Errors that a retry does not fix. */
const HOPELESS = /unauthorized|redirect_refused|unexpected_response|too_large/
/** Errors after which only a snapshot helps. */
const OUTDATED = /cursor_gone|went_back|too_large/
/** Number of entries checked per second, to drop those that have ended. */
const SWEEP_PER_SECOND = 20_000

/**
 * Follows a revocation log: takes a snapshot, then keeps up with it. The list is kept in memory; a check costs a few
 * lookups. When the log cannot be reached, the list keeps its entries, becomes `stale` after `maxStalenessMs`, and
 * catches up automatically. An open list keeps the process alive until it is closed.
 *
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { followRevocations, revocationFeed } from '@backend-logout/revocations'
 *
 * const list = followRevocations({
 *   source: revocationFeed('https://feed.example.com/revocations', { authorization: 'Bearer …' }),
 * })
 * await list.ready
 * // Once the token is verified:
 * const status = { valid: 200, revoked: 401, stale: 503 }[list.check({ iss: 'https://id.example.com', jti: '…' })]
 * ```
 */
export function followRevocations(options: FollowOptions): RevocationList {
  const { source, maxStalenessMs, aliases, maxEntries, onEvent } = resolveOptions(options)
  const table = new RevocationTable(aliases)
  const answerClock = new AnswerClock()
  const closing = new AbortController()
  const { signal } = closing
  const ready = Promise.withResolvers<void>()
  // A caller that does not await it must not get an unhandled rejection.
  ready.promise.catch(() => {})
  let cursor: string | undefined
  /** The list has everything that was stored before this moment; `undefined` if it never was complete. */
  let since: Moment | undefined
  /** The wall clock at the last time when both clocks showed that the list is fresh. */
  let freshAt: number | undefined
  let run: (Moment & { after: string | undefined; received: number }) | undefined
  let sweepAt = 0
  /** Failures since the last update. They also count after a snapshot, because its cursor may be refused. */
  let failures = 0
  let lastError: RevocationError | undefined
  let wasFresh = false
  let ageTimer: ReturnType<typeof setTimeout> | undefined
  let pauseTimer: ReturnType<typeof setTimeout> | undefined
  let onClose = (_error: RevocationError): void => {}

  /** Waits for a promise, but not beyond the end. */
  const untilClosed = <T>(start: ConstructorParameters<typeof Promise<T>>[0]): Promise<T> =>
    new Promise((resolve, reject) => {
      onClose = reject
      start(resolve, reject)
    })

  /**
   * Measures the age of the list, in milliseconds: the higher value of two clocks, because either can be behind. NaN
   * without a copy. `isFresh()` then measures it again.
   */
  const measureAge = (): number => {
    freshAt = undefined
    return Math.max(performance.now() - (since as Moment)?.steady, Date.now() - (since as Moment)?.wall)
  }

  /**
   * True while the list is recent enough. Reading a clock takes as long as all lookups of a check, so the steady one is
   * read once for each millisecond of the other. If that one stands still, the next call of `measureAge()` ends the
   * millisecond.
   */
  const isFresh = (): boolean => {
    const wall = Date.now()
    if (wall !== freshAt && measureAge() <= maxStalenessMs) freshAt = wall
    return wall === freshAt && !signal.aborted
  }

  /** Reads until there are no more entries, and returns the wait before the next call, in milliseconds. */
  const catchUp = async (): Promise<number> => {
    // The pages of one run show the log at the start of the run, which may be before the last failure.
    run ??= { after: cursor, received: 0, ...now() }
    // Between two responses are two waits, and time for one more request if one is lost. After a failure, there is no wait,
    // because a server or a proxy may not allow it.
    const longestWaitMs = failures || run.received || !isFresh() ? 0 : maxStalenessMs / 3
    let waitMs = longestWaitMs
    for (let more = true; more && !signal.aborted; waitMs = 0) {
      const sentAt = performance.now()
      const request = { after: cursor, waitMs, signal }
      const page = await untilClosed<unknown>((resolve, reject) => source.read(request).then(resolve, reject))
      if (!isPage(page, cursor)) throw new RevocationError('unexpected_response', 'Not a revocation page.')
      if (!answerClock.accepts(page.as_of * 1000, sentAt, performance.now())) {
        throw new RevocationError('went_back', 'Older than the last page.')
      }
      if (sentAt >= sweepAt) {
        sweepAt = sentAt + 1_000
        // Dropped only if it has ended by both clocks: a wrong one must not make a token valid again.
        table.sweep(Math.min(page.as_of, Date.now() / 1000), SWEEP_PER_SECOND)
      }
      if (table.size > maxEntries || run.received > 9 * maxEntries) {
        throw new RevocationError('too_large', `More than ${maxEntries} entries.`)
      }
      for (const entry of page.entries) table.add(entry)
      run.received += page.entries.length
      ;({ cursor, more } = page)
    }
    const { after, received, steady } = run
    since = run
    run = undefined
    const durationMs = performance.now() - steady
    if (after) failures = 0
    if (!after || received) {
      emit(onEvent, { type: after ? 'updated' : 'snapshot', entries: table.size, received, durationMs })
    }
    // A source with many new entries is not called for each of them, and a source that does not wait, or that repeats its
    // last entries, is not called in a tight loop.
    if (received) return cursor === after ? 200 : 5
    return Math.min(1_000, longestWaitMs) - durationMs
  }

  /** Reports when the list becomes stale, and when it is fresh again; `check` does not depend on it. */
  const watchAge = (): void => {
    clearTimeout(ageTimer)
    const age = measureAge()
    const fresh = isFresh()
    if (fresh !== wasFresh) emit(onEvent, { type: fresh ? 'fresh' : 'stale', ageMs: age })
    wasFresh = fresh
    if (fresh) ageTimer = setTimeout(watchAge, maxStalenessMs - age + 1)
  }

  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      let pauseMs = 0
      try {
        pauseMs = await catchUp()
        lastError = undefined
        ready.resolve()
        watchAge()
      } catch (thrown) {
        if (signal.aborted) return
        // A custom source may throw anything, with anything in its message.
        lastError = isRevocationError(thrown) ? thrown : new RevocationError('unavailable', 'source.read() failed.')
        const { code, message, status, retryAfterMs } = lastError
        failures++
        pauseMs = backOff(failures, retryAfterMs)
        // Entries stay in the list.
        if (OUTDATED.test(code)) cursor = run = undefined
        else if (!run?.received) run = undefined
        if (HOPELESS.test(code)) ready.reject(lastError)
        emit(onEvent, { type: 'failed', code, message, status, retryInMs: pauseMs })
      }
      if (pauseMs > 0) {
        await untilClosed<void>((resolve) => {
          pauseTimer = setTimeout(resolve, pauseMs)
        })
      }
    }
  }
  const following = follow().catch(() => {})

  const list: RevocationList = {
    ready: ready.promise,
    check: (claims) => (table.isRevoked(claims) ? 'revoked' : isFresh() ? 'valid' : 'stale'),
    get asOf() {
      return since && new Date(since.wall)
    },
    get size() {
      return table.size
    },
    health() {
      const ok = isFresh()
      const state = signal.aborted ? 'closed' : ok ? 'fresh' : since ? 'stale' : 'starting'
      return { ok, state, entries: table.size, ageMs: since && measureAge(), lastError }
    },
    async close() {
      const error = new RevocationError('closed', 'The list is closed.')
      ready.reject(error)
      onClose(error)
      closing.abort()
      clearTimeout(ageTimer)
      clearTimeout(pauseTimer)
      await following
    },
    [Symbol.asyncDispose]: () => list.close(),
  }
  return Object.freeze(list)
}
