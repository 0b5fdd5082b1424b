import type { BulkPacer } from '@backend-logout/core'
import type { OutboxError } from './errors.ts'
import type { Lane } from './lanes.ts'
import type { Reason } from './outcome.ts'
import type { OutboxTokens, TokenAbout } from './tokens.ts'
import type { OutboxTransaction } from './transaction.ts'

/** Options of {@link Outbox.add}. */
export interface AddOptions {
  /**
   * When the tokens expire, as a `Date` or in milliseconds since the epoch; after that, they are no longer revoked. For
   * opaque tokens: a JWT has its own expiry, which takes precedence.
   * @default `maxAgeMs` from now
   */
  readonly expiresAt?: Date | number | undefined
  /**
   * Lane of the logout. Workers start interactive logouts before the backlog, which still gets at least a tenth of the
   * starts.
   * @default 'interactive' for {@link Outbox.add}, 'backlog' for {@link Outbox.addMany}
   */
  readonly lane?: Lane | undefined
  /**
   * A transaction of the application on the same database: the logout is stored when the transaction commits. Only with
   * a Postgres store.
   */
  readonly transaction?: OutboxTransaction | undefined
}

/** Options of {@link Outbox.work}. */
export interface WorkOptions {
  /**
   * Maximum number of logouts in progress in this worker, 1 to 1000. The rate depends on the provider; see the
   * package's README.
   * @default 32
   */
  readonly concurrency?: number | undefined
  /** Stops the work: no more logouts are started, those in progress are completed, and the rest stays in the store. */
  readonly signal?: AbortSignal | undefined
  /**
   * Time limit for logouts in progress after `signal` aborts, in milliseconds; then they go back into the store.
   * Results are stored within another 5 seconds.
   * @default 10_000
   */
  readonly graceMs?: number | undefined
  /**
   * Stops when no logout is left, neither due nor waiting for a retry.
   * @default false
   */
  readonly untilEmpty?: boolean | undefined
}

/** The result of {@link Outbox.work}. */
export interface WorkSummary {
  /** Logouts whose tokens were all revoked. */
  readonly revoked: number
  /** Logouts whose tokens expired before that. */
  readonly expired: number
  /** Logouts that became dead letters. */
  readonly dead: number
  /** Attempts after which a logout went back into the store for a retry. */
  readonly retried: number
}

/** The state of an outbox, whichever processes add to it and work on it. */
export interface OutboxStats {
  /** Logouts that are waiting, for a worker or for a retry. */
  readonly pending: number
  /** Logouts that workers have claimed. */
  readonly active: number
  /** Dead letters. */
  readonly dead: number
  /** The age of the oldest logout that is not completed, in milliseconds; 0 without one. Dead letters do not count. */
  readonly oldestAgeMs: number
  /** The end of the current pause, which the provider requires or which follows from missing responses. */
  readonly pausedUntil?: Date
  /** Durability of logouts on a Postgres server. */
  readonly postgres?: {
    /** Condition that a commit waits for: the option `synchronousCommit`, or else the server's setting. With `off`, a crash loses some. */
    readonly synchronousCommit: string
    /** The setting `synchronous_standby_names`. While it is empty, a failover can lose the last logouts. */
    readonly synchronousStandbys: string
    /** True if it follows another server, and accepts no writes. */
    readonly isStandby: boolean
  }
}

/** The health of an outbox, for readiness probes. It names no token. */
export interface OutboxHealth {
  /**
   * True if the database responds and accepts writes, even if the provider is down: logouts wait for it. A full disk shows
   * only when `add()` rejects.
   */
  readonly ok: boolean
  /** `unavailable` if the database does not respond within two seconds, or accepts no writes. */
  readonly state: 'ready' | 'unavailable' | 'closed'
  /** True while `work()` is running in this process. */
  readonly working: boolean
  /** Contents of the outbox. Missing if it is not available. */
  readonly stats: OutboxStats | undefined
  /** Reason why it is not available. It contains no secret. */
  readonly lastError: OutboxError | undefined
}

/** A logout that cannot be completed with the current configuration. */
export interface DeadLetter {
  /** For {@link Outbox.retry}. */
  readonly id: string
  /** The tokens that are not revoked. Empty if the stored data cannot be read. */
  readonly tokens: readonly {
    readonly tokenType: TokenAbout['tokenType']
    /**
     * As from `fingerprintToken` of `@backend-logout/core`, with the `fingerprintKey` of the adding process, if any.
     */
    readonly fingerprint: string
    /** When it expires. The letter is deleted when all of its tokens have expired. */
    readonly expiresAt: Date
  }[]
  /** Reason why it was not completed. */
  readonly reason: Reason
  /** Number of calls to the provider. */
  readonly attempts: number
  /** Missing if the stored data cannot be read. */
  readonly addedAt?: Date
  /** The time when it became a dead letter. */
  readonly deadAt: Date
}

/** Options of {@link Outbox.deadLetters}. */
export interface DeadLetterOptions {
  /**
   * Maximum number, 1 to 100 000.
   * @default 1000
   */
  readonly limit?: number | undefined
  /** The id of the last one of the previous page. */
  readonly after?: string | undefined
}

/** Stores logouts until they are completed. Created by {@link openOutbox}. */
export interface Outbox extends AsyncDisposable {
  /**
   * Stores a logout, and resolves to its id once it is durable. From then on it is not lost.
   *
   * @throws OutboxError `invalid_argument`, `store_unavailable` or `closed`; then treat it as not stored
   */
  add(tokens: OutboxTokens, options?: AddOptions): Promise<string>

  /**
   * Stores many logouts, 500 at a time, and resolves to their ids in the same order. The source is read no faster than
   * its logouts are stored. They are in the `backlog` lane, so that users who log out now need not wait for them.
   *
   * @throws OutboxError As {@link Outbox.add}; its `added` is the number of logouts that are stored anyway
   */
  addMany(source: Iterable<OutboxTokens> | AsyncIterable<OutboxTokens>, options?: AddOptions): Promise<string[]>

  /**
   * Revokes the tokens of logouts until `signal` aborts or the outbox closes, and resolves to a summary. Any number of
   * processes and machines may work on one Postgres. While the database cannot be reached, it retries.
   *
   * @throws OutboxError `invalid_argument` when an option is wrong, there is no `client`, or `work()` is already running
   */
  work(options?: WorkOptions): Promise<WorkSummary>

  /**
   * Returns the option `pacer` of `revokeTokens()`: bulk runs with it share the rate of the outbox's workers in all
   * processes, like one more worker with a backlog. A pause because of one applies to all. While the database cannot be
   * reached, runs wait. It requires neither `client` nor a running {@link Outbox.work}.
   *
   * @throws OutboxError `closed`, or `invalid_argument` when the store is `readOnly`
   * @example
   * ```ts
   * import { createLogoutClient } from '@backend-logout/core'
   * import { openOutbox } from '@backend-logout/outbox'
   *
   * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
   * await using outbox = await openOutbox({
   *   store: 'postgres://localhost/app',
   *   encryptionKeys: [{ kid: '2026-11', key: process.env.OUTBOX_KEY ?? '' }],
   * })
   * for await (const { index, state } of client.revokeTokens(['token 1', 'token 2'], { pacer: outbox.pacer() })) {
   *   console.log(index, state)
   * }
   * ```
   */
  pacer(): BulkPacer

  /** Counts the logouts in the outbox, whichever process added them. */
  stats(): Promise<OutboxStats>

  /**
   * Reports whether the outbox can store logouts, for readiness probes. It resolves within two seconds and never
   * rejects.
   */
  health(): Promise<OutboxHealth>

  /** Lists dead letters, oldest first. */
  deadLetters(options?: DeadLetterOptions): Promise<DeadLetter[]>

  /**
   * Puts dead letters back into the queue: one, some, or all current ones. They keep their ids. A letter without a
   * logout stays unchanged, and so does one that a worker is still storing.
   *
   * @returns the number of letters that were put back
   */
  retry(ids: string | readonly string[] | 'all'): Promise<number>

  /** Stops the work, as `signal` does, waits for pending writes, and closes the store. */
  close(): Promise<void>
}
