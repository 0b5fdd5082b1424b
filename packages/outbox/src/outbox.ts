import type { OutboxTokens, TokenAbout } from './entry.ts'
import type { Reason } from './fate.ts'
import type { OutboxTransaction } from './transaction.ts'

/** Options of {@link Outbox.add}. */
export interface AddOptions {
  /**
   * When the tokens are dead by themselves, as a `Date` or in milliseconds since the epoch; they are not tried for
   * longer. It is for tokens that do not say so themselves, as JWTs do.
   * @default `maxAgeMs` from now
   */
  readonly expiresAt?: Date | number | undefined
  /**
   * A transaction of the application on the same database: the logout is stored when it commits, together with
   * whatever else it holds. Only with a Postgres store.
   */
  readonly transaction?: OutboxTransaction | undefined
}

/** Options of {@link Outbox.work}. */
export interface WorkOptions {
  /**
   * How many logouts may be under way at once, 1 to 1000. There are fewer while the provider throttles.
   * @default 32
   */
  readonly concurrency?: number | undefined
  /** Stops the work: nothing new is begun, what is under way is finished, and the rest is left for others. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long what is under way may take to finish after `signal`, in milliseconds; then it is given up and goes back.
   * @default 10_000
   */
  readonly graceMs?: number | undefined
  /**
   * Whether to stop by itself as soon as nothing is left to do, now or later.
   * @default false
   */
  readonly untilEmpty?: boolean | undefined
}

/** What {@link Outbox.work} did. */
export interface WorkSummary {
  /** Logouts of which every token was revoked. */
  readonly revoked: number
  /** Logouts whose tokens died by themselves before that. */
  readonly expired: number
  /** Logouts that went to the dead letters. */
  readonly dead: number
  /** Attempts after which a logout went back into the queue. */
  readonly retried: number
}

/** How an outbox is doing, with everything that every process has added to it and is doing with it. */
export interface OutboxStats {
  /** Logouts that wait to be done, now or at their next turn. */
  readonly pending: number
  /** Logouts that workers have claimed. */
  readonly active: number
  /** Dead letters. */
  readonly dead: number
  /** How long the oldest logout has waited that is not done, in milliseconds; 0 when there is none. */
  readonly oldestAgeMs: number
  /** When the pause ends that the provider asked for, or that it is given because it does not answer. */
  readonly pausedUntil?: Date
  /** How many workers there are. */
  readonly workers: number
  /** Logouts done per second, by all workers, on average over the last ten seconds. */
  readonly ratePerSecond: number
}

/** A logout that cannot be done as things are. */
export interface DeadLetter {
  /** For {@link Outbox.retry}. */
  readonly id: string
  /** The tokens that are not revoked. */
  readonly tokens: readonly {
    readonly tokenType: TokenAbout['tokenType']
    /** As `fingerprintToken` of `@backend-logout/core` makes it. */
    readonly fingerprint: string
    /** When it is dead by itself; the letter is thrown away then. */
    readonly expiresAt: Date
  }[]
  readonly reason: Reason
  /** How often the provider was asked. */
  readonly attempts: number
  /** Missing where what is stored cannot be read at all. */
  readonly addedAt?: Date
  readonly deadAt: Date
}

/** Which dead letters to list. */
export interface DeadLetterOptions {
  /**
   * How many at most, 1 to 100 000.
   * @default 1000
   */
  readonly limit?: number | undefined
  /** The id of the last one of the previous page. */
  readonly after?: string | undefined
}

/** Keeps logouts until they are done. Made by {@link openOutbox}. */
export interface Outbox extends AsyncDisposable {
  /**
   * Stores a logout. Resolves when it is durable, and not before: with its id. From then on it is not lost.
   *
   * @throws OutboxError `invalid_argument`, `store_unavailable` or `closed`; then it must be taken as not stored
   */
  add(tokens: OutboxTokens, options?: AddOptions): Promise<string>

  /**
   * Stores many logouts, 500 at a time, and resolves to their ids in the same order. The source is read no faster than
   * that.
   *
   * @throws OutboxError As {@link Outbox.add}; its `added` says how many are stored nevertheless
   */
  addMany(source: Iterable<OutboxTokens> | AsyncIterable<OutboxTokens>, options?: AddOptions): Promise<string[]>

  /**
   * Does logouts until `signal` aborts or the outbox closes, and resolves to what it did. Any number of processes and
   * machines may do so at once on one Postgres. While the database cannot be reached it goes on trying.
   *
   * @throws OutboxError `invalid_argument` when an option is wrong, when there is no `client`, or when this outbox works already
   */
  work(options?: WorkOptions): Promise<WorkSummary>

  /** Tells how things are, with what other processes do. */
  stats(): Promise<OutboxStats>

  /** Lists logouts that cannot be done as things are, oldest first. */
  deadLetters(options?: DeadLetterOptions): Promise<DeadLetter[]>

  /**
   * Puts dead letters back into the queue: one, some, or all that there are now. They get new ids.
   *
   * @returns how many were put back
   */
  retry(ids: string | readonly string[] | 'all'): Promise<number>

  /** Stops working, as `signal` does, waits for what is being stored, and lets go of the store. */
  close(): Promise<void>
}
