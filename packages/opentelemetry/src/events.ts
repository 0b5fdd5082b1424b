// The measured events of the other packages. They are described here rather than imported, so that this package
// installs none of the others, and an application needs only those that it uses.

/** Measured members of a `LogoutEvent` of a client. */
export interface ClientEvent {
  readonly type: 'start' | 'attempt' | 'retry' | 'outcome'
  readonly call: number
  readonly operation: string
  readonly endpoint?: string | undefined
  readonly attempt?: number | undefined
  readonly attempts?: number | undefined
  readonly durationMs?: number | undefined
  readonly state?: string | undefined
  readonly status?: number | undefined
  readonly code?: string | undefined
}

/** Measured members of a `LogoutProxyEvent` of a logout handler. */
export interface HandlerEvent {
  readonly type: string
  readonly status?: string | number | undefined
  readonly code?: string | undefined
  readonly step?: string | undefined
  readonly durationMs?: number | undefined
}

/** Measured members of an `OutboxEvent`. */
export interface OutboxEvent {
  readonly type: string
  readonly count?: number | undefined
  readonly code?: string | undefined
  readonly waitedMs?: number | undefined
}

/** Measured members of a `RevocationListEvent`. */
export interface ListEvent {
  readonly type: string
  readonly code?: string | undefined
}

/** Measured members of a `RevocationLogEvent`. */
export interface LogEvent {
  readonly type: string
  readonly count?: number | undefined
}

/** Measured members of a `RevocationCheckEvent`. */
export interface CheckEvent {
  readonly type: string
}

/** Measured members of a `RevocationFeedEvent`. */
export interface FeedEvent {
  readonly type: string
  readonly code?: string | undefined
}

/** Measured members of a `ReceiverEvent` of a back-channel or global revocation handler. */
export interface ReceiverEvent {
  readonly type: string
  readonly code?: string | undefined
  readonly step?: string | undefined
  readonly sessions?: number | undefined
  readonly durationMs?: number | undefined
}

/** The part of an `Outbox` that is observed. */
export interface ObservedOutbox {
  /** Returns the counts of the outbox and the age of its oldest logout. */
  stats(): Promise<{
    readonly pending: number
    readonly active: number
    readonly dead: number
    readonly oldestAgeMs: number
  }>
}

/** The part of a `RevocationList` that is observed. */
export interface ObservedList {
  /** Returns the size and the age of the list. */
  health(): { readonly entries: number; readonly ageMs: number | undefined }
}
