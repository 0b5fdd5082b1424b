import { isRevocationError, RevocationError } from '../errors.ts'
import type { ReadRequest, RevocationPage } from '../source.ts'
import type { LogStore, StorePage } from './store.ts'

interface Waiter {
  readonly arrivedAt: number
  /** True once it has waited for its maximum time. */
  isOver: boolean
  readonly answer: (page: RevocationPage) => void
  readonly fail: (error: unknown) => void
}

/**
 * Lets any number of readers wait for new entries with one query per change. All waiting readers are at the same
 * position, the head; one query finds the entries after it, and every reader gets the same page.
 *
 * Every response shows the log as it was after the request arrived, so a query that began before a reader arrived does
 * not count for it.
 */
export class Hub {
  readonly #store: LogStore
  readonly #onError: (error: unknown) => void
  readonly #waiters = new Set<Waiter>()
  readonly #reads = new Map<string, Promise<StorePage>>()
  readonly #queued = new Map<string, Promise<StorePage>>()
  /** The position of all waiting readers; none of them lacks an earlier entry. */
  #head: string | undefined
  /** The number of times the head moved. */
  #moves = 0
  /** The number of hints at new entries, and that number when the head was last read. */
  #hints = 0
  #hintsAtHead = 0
  /** The query in progress, and its start. */
  #look: Promise<void> | undefined
  #lookAt = 0
  #lookAgain = false
  /** The last query without a new entry: its start and its result. */
  #confirmed = { at: Number.NEGATIVE_INFINITY, asOf: 0 }
  #timer: ReturnType<typeof setInterval> | undefined
  #isClosed = false

  constructor(store: LogStore, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
    store.onHint(() => this.hint())
  }

  /** There may be new entries. */
  hint(): void {
    this.#hints++
    // Without a waiting reader, the next reader queries.
    if (this.#waiters.size > 0) this.#startLook()
  }

  async read({ after, waitMs, signal }: ReadRequest): Promise<RevocationPage> {
    const arrivedAt = performance.now()
    for (;;) {
      if (this.#isClosed) throw closed()
      if (this.#look && this.#lookAt < arrivedAt) await this.#look
      const isHeadFresh = this.#hints === this.#hintsAtHead
      if (after !== undefined && after === this.#head && isHeadFresh && waitMs > 0) break
      const moves = this.#moves
      const hints = this.#hints
      const { page, head } = await this.#readTogether(after)
      const waitedMs = performance.now() - arrivedAt
      if (after === undefined || page.more || page.entries.length > 0 || waitedMs >= waitMs) return page
      // There is nothing new for this reader, so it has everything before the head, unless the head moved in the
      // meantime.
      if (moves !== this.#moves || hints !== this.#hints) continue
      if (this.#waiters.size === 0) {
        this.#moveTo(head)
        this.#hintsAtHead = hints
      }
      break
    }
    return this.#wait(arrivedAt, waitMs, signal)
  }

  /** Fails waiting readers. */
  close(): void {
    this.#isClosed = true
    for (const { fail } of this.#waiters) fail(closed())
  }

  #wait(arrivedAt: number, waitMs: number, signal: AbortSignal): Promise<RevocationPage> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed())
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        this.#waiters.delete(waiter)
        if (this.#waiters.size === 0) clearInterval(this.#timer)
      }
      const waiter: Waiter = {
        arrivedAt,
        isOver: false,
        answer: (page) => {
          leave()
          resolve(page)
        },
        fail: (error) => {
          leave()
          reject(error)
        },
      }
      const abort = (): void => waiter.fail(new RevocationError('closed', 'The reader gave up.'))
      const timer = setTimeout(
        () => {
          waiter.isOver = true
          if (!this.#answerEmpty(waiter)) this.#startLook()
        },
        waitMs - (performance.now() - arrivedAt),
      )
      signal.addEventListener('abort', abort)
      if (this.#waiters.size === 0 && this.#store.pollMs) {
        // A hint can be missed.
        this.#timer = setInterval(() => this.#startLook(), this.#store.pollMs)
      }
      this.#waiters.add(waiter)
      if (signal.aborted) abort()
    })
  }

  #answerEmpty({ arrivedAt, answer }: Waiter): boolean {
    const { at, asOf } = this.#confirmed
    if (at < arrivedAt || this.#head === undefined) return false
    answer({ entries: [], cursor: this.#head, as_of: asOf, more: false })
    return true
  }

  #startLook(): void {
    this.#lookAgain = this.#look !== undefined
    this.#look ??= this.#lookOnce().finally(() => {
      this.#look = undefined
      if (this.#lookAgain) this.hint()
    })
  }

  async #lookOnce(): Promise<void> {
    this.#lookAt = performance.now()
    const hints = this.#hints
    try {
      const { page, head } = await this.#store.read(this.#head)
      this.#hintsAtHead = hints
      if (page.entries.length > 0) {
        this.#moveTo(head)
        for (const { answer } of this.#waiters) answer(page)
        return
      }
      this.#confirmed = { at: this.#lookAt, asOf: page.as_of }
      for (const waiter of this.#waiters) if (waiter.isOver) this.#answerEmpty(waiter)
    } catch (error) {
      this.#onError(error)
      // After a restore or a failover, every reader has to start over.
      const isGone = isRevocationError(error) && error.code === 'cursor_gone'
      if (isGone) this.#moveTo(undefined)
      // Readers whose time is over must not get an empty page; others wait for the next query.
      for (const { isOver, fail } of this.#waiters) if (isOver || isGone) fail(error)
    }
  }

  #moveTo(head: string | undefined): void {
    this.#head = head
    this.#moves++
  }

  /**
   * One query for all equal requests that arrive while another such query is in progress; it has to begin after they
   * arrived.
   */
  #readTogether(after: string | undefined): Promise<StorePage> {
    const key = after ?? ''
    const running = this.#reads.get(key)
    if (!running) return this.#startRead(key, after)
    const queued = this.#queued.get(key)
    if (queued) return queued
    const next = running
      .catch(() => {})
      .then(() => {
        this.#queued.delete(key)
        return this.#startRead(key, after)
      })
    this.#queued.set(key, next)
    return next
  }

  #startRead(key: string, after: string | undefined): Promise<StorePage> {
    const reading = this.#store.read(after).finally(() => {
      if (this.#reads.get(key) === reading) this.#reads.delete(key)
    })
    this.#reads.set(key, reading)
    return reading
  }
}

function closed(): RevocationError {
  return new RevocationError('closed', 'The revocation log is closed.')
}
