/** One complete request that core passes to a {@link Transport}. */
export interface TransportRequest {
  /** POST to revoke and introspect, GET for metadata. */
  readonly method: 'GET' | 'POST'
  /** Absolute URL, already checked. */
  readonly url: string
  /** All headers by lower-case name, including the application's credential, if it is in one. */
  readonly headers: Readonly<Record<string, string>>
  /** The form body; `undefined` for GET. */
  readonly body: string | undefined
  /** Aborts when the attempt's time is up or the caller gives up. */
  readonly signal: AbortSignal
  /** Maximum number of body bytes to read. */
  readonly maxBodyBytes: number
  /**
   * Masks a secret in all texts of this call, as core masks its own. For a credential that only the transport knows, such
   * as a signature. Core always provides it.
   */
  readonly hide?: ((secret: string) => void) | undefined
}

/** The parts of a {@link TransportResponse}. */
export interface TransportResponseParts {
  /** HTTP status; 0 if the runtime hides a redirect. */
  readonly status: number
  /** The headers of the response, by name in any case. */
  readonly headers: {
    /** The value of a header, or `null` if it was not sent. */
    get(name: string): string | null
  }
  /** The body as text; at most `maxBodyBytes` of it. */
  readonly body: string
  /**
   * True if this is not the whole body: it is longer than `maxBodyBytes`, or the body of a refusal broke off.
   * @default false
   */
  readonly truncated?: boolean
  /**
   * True if this is a redirect that the runtime hides behind status 0, or that was followed against the rules.
   * @default false
   */
  readonly redirected?: boolean
}

/**
 * One complete response, as small as revoking a token needs it: a full `Response` costs several times as much.
 *
 * @example
 * ```ts
 * import { type Transport, TransportResponse } from '@backend-logout/core'
 *
 * const transport: Transport = {
 *   async send({ url, method, headers, body, signal }) {
 *     const response = await fetch(url, { method, headers, body: body ?? null, signal, redirect: 'manual' })
 *     const { status } = response
 *     return new TransportResponse({ status, headers: response.headers, body: await response.text() })
 *   },
 * }
 * ```
 */
export class TransportResponse {
  /** HTTP status; 0 if the runtime hides a redirect. */
  readonly status: number
  /** The headers of the response. */
  readonly headers: TransportResponseParts['headers']
  /** The body as text; at most `maxBodyBytes` of it. */
  readonly body: string
  /** True if `body` is not the whole body. */
  readonly truncated: boolean
  /** True if this is a redirect that the runtime hides, or one that was followed against the rules. */
  readonly redirected: boolean

  /** Creates a response from the received data. */
  constructor({ status, headers, body, truncated = false, redirected = false }: TransportResponseParts) {
    this.status = status
    this.headers = headers
    this.body = body
    this.truncated = truncated
    this.redirected = redirected
  }

  /** True if the status is 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  /** The body, for code that expects a `Response`. */
  async text(): Promise<string> {
    return this.body
  }
}

/**
 * Sends requests. A runtime's package passes its own to core; by default, the global `fetch` is used. `send` must not
 * follow redirects, must end when the signal aborts, and rejects when there was no complete response; for a status
 * other than 2xx, status and headers are enough.
 */
export interface Transport {
  /**
   * Sends one request. An error whose property `unsent` is `true` means that nothing was sent, so that the token is
   * `live` and not `unknown`; without that property, common codes such as `ECONNREFUSED` mean the same. If it rejects
   * with a `LogoutError`, that reaches the caller unchanged, without another attempt.
   */
  send(request: TransportRequest): Promise<TransportResponse>
  /** True if it presents a client certificate; the provider's `mtls_endpoint_aliases` are then used (RFC 8705 §5). */
  readonly mutualTls?: boolean
}
