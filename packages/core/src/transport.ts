/** One request as core hands it to a {@link Transport}: everything is decided, nothing is left to guess. */
export interface TransportRequest {
  /** POST to revoke and introspect, GET for metadata. */
  readonly method: 'GET' | 'POST'
  /** Absolute URL, already checked. */
  readonly url: string
  /** All headers, the application's credential among them where it goes into one. */
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The form body; `undefined` for GET. */
  readonly body: string | undefined
  /** Aborts when the attempt's time is up or the caller gives up. */
  readonly signal: AbortSignal
  /** How much of a body may be read. */
  readonly maxBodyBytes: number
}

/** One complete answer. */
export interface TransportResponse {
  /** HTTP status; 0 where the runtime hides a redirect. */
  readonly status: number
  /** The headers of the answer, by name in any case. */
  readonly headers: {
    /** The value of a header, or `null` where it was not sent. */
    get(name: string): string | null
  }
  /** The body as text; at most `maxBodyBytes` of it. */
  readonly body: string
  /** Whether this is not the whole body: it is longer than `maxBodyBytes`, or that of a refusal broke off. */
  readonly truncated: boolean
  /** Whether this is a redirect that the runtime hides behind status 0, or one that was followed against the rules. */
  readonly redirected: boolean
}

/**
 * Sends requests. A runtime hands core one that is made for it; by default the global `fetch` is used.
 * `send` must not follow redirects, must end when the signal aborts, and rejects when no complete answer came; of an
 * answer whose status is not 2xx, status and headers are enough.
 */
export interface Transport {
  /** Sends one request. A `LogoutError` that it rejects with reaches the caller as it is, without another attempt. */
  send(request: TransportRequest): Promise<TransportResponse>
  /** Whether it presents a client certificate; then a provider's `mtls_endpoint_aliases` are used (RFC 8705 §5). */
  readonly mutualTls?: boolean
}
