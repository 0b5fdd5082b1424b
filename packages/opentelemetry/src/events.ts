// The measured events of the other packages. They are described here rather than imported, so that this package
// installs none of the others, and an application needs only those that it uses.

/** Measured members of a `LogoutEvent` of a client. */
export interface ClientEvent {
  /** The kind of event; each `outcome` ends a call. */
  readonly type: 'start' | 'attempt' | 'retry' | 'outcome'
  /** Number of the call, which is unique within a client. */
  readonly call: number
  /** The operation of the call, such as `revoke`. */
  readonly operation: string
  /** The endpoint, without its query; only its host and port are measured. */
  readonly endpoint?: string | undefined
  /** Number of the attempt; 1 for the first one. */
  readonly attempt?: number | undefined
  /** Number of attempts of the whole call. */
  readonly attempts?: number | undefined
  /** Duration of the attempt or of the call, in milliseconds. */
  readonly durationMs?: number | undefined
  /** The outcome for the token; only for `revoke`. */
  readonly state?: string | undefined
  /** HTTP status, if there was a response. */
  readonly status?: number | undefined
  /** Code of the failure; missing after a success. */
  readonly code?: string | undefined
}

/** Measured members of a `LogoutProxyEvent` of a logout handler. */
export interface HandlerEvent {
  /** The kind of event: `outcome` or `refused` ends each request. */
  readonly type: string
  /** Status of the logout in an `outcome`, such as `logged_out`; HTTP status in a `refused`. */
  readonly status?: string | number | undefined
  /** Reason for a refusal. */
  readonly code?: string | undefined
  /** Part of the application that failed. */
  readonly step?: string | undefined
  /** Duration of the request, in milliseconds. */
  readonly durationMs?: number | undefined
}

/** Measured members of an `OutboxEvent`. */
export interface OutboxEvent {
  /** The kind of event, such as `revoked`. */
  readonly type: string
  /** Number of logouts; one if it is missing. */
  readonly count?: number | undefined
  /** Reason for a failure or a pause. */
  readonly code?: string | undefined
  /** Time since the logout was added, in milliseconds. */
  readonly waitedMs?: number | undefined
}

/** Measured members of a `RevocationListEvent`. */
export interface ListEvent {
  /** The kind of event, such as `updated`. */
  readonly type: string
  /** Code of the failure; missing after a success. */
  readonly code?: string | undefined
}

/** Measured members of a `RevocationLogEvent`. */
export interface LogEvent {
  /** The kind of event, such as `appended`. */
  readonly type: string
  /** Number of entries; one if it is missing. */
  readonly count?: number | undefined
}

/** Measured members of a `RevocationCheckEvent`. */
export interface CheckEvent {
  /** Result of the check, such as `accepted`. */
  readonly type: string
}

/** Measured members of a `RevocationFeedEvent`. */
export interface FeedEvent {
  /** The kind of event, such as `answered`. */
  readonly type: string
  /** Reason for a refusal. */
  readonly code?: string | undefined
}

/** Measured members of a `ReceiverEvent` of a back-channel or global revocation handler. */
export interface ReceiverEvent {
  /** The kind of event, such as `logged_out`. */
  readonly type: string
  /** Reason for a refusal. */
  readonly code?: string | undefined
  /** Part of the application that failed. */
  readonly step?: string | undefined
  /** Number of sessions that have ended. */
  readonly sessions?: number | undefined
  /** Duration of the request, in milliseconds. */
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
