import { type ClientOptions, fetchTransport, LogoutError, type Transport } from '@backend-logout/core'
import { openHttpClient } from './http-client.ts'
import { explainRefusal } from './permission.ts'

/** TLS of the connection to the provider. Certificates and keys are PEM, not paths of files. */
export interface DenoTlsOptions {
  /** Authorities to trust besides those that Deno trusts. */
  readonly caCerts?: string | readonly string[] | undefined
  /** The client certificate, for `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705). Needs `key`. */
  readonly cert?: string | undefined
  /** The private key of `cert`. */
  readonly key?: string | undefined
}

/** How many connections are kept for later, and for how long. */
export interface DenoPoolOptions {
  /**
   * How many idle connections are kept.
   * @default as many as there were
   */
  readonly maxIdle?: number | undefined
  /**
   * For how long an idle connection is kept, in milliseconds, 1 to 86 400 000.
   * @default Deno's own
   */
  readonly idleTimeoutMs?: number | undefined
}

/** How Deno connects to the provider. With any of these the client has connections of its own. */
export interface DenoConnectionOptions {
  /** Certificates. */
  readonly tls?: DenoTlsOptions | undefined
  /**
   * A proxy: an `http:`, `https:`, `socks5:` or `socks5h:` URL, which may hold a user and a password.
   * @default what `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, which Deno reads by itself
   */
  readonly proxy?: string | URL | undefined
  /** The connection pool. */
  readonly pool?: DenoPoolOptions | undefined
}

/** A transport, and what ends it. */
export interface ClosableTransport {
  readonly transport: Transport
  readonly close: () => void
}

type Options = DenoConnectionOptions & Pick<ClientOptions, 'fetch' | 'transport'>

/**
 * Makes a {@link Transport} over Deno's `fetch`, or around the caller's own one.
 *
 * @throws LogoutError `invalid_options` when an option is wrong, or a permission for the proxy is missing
 */
export function createDenoTransport({ tls, proxy, pool, ...own }: Options): ClosableTransport {
  const connection = (tls ?? proxy ?? pool) === undefined ? undefined : { tls, proxy, pool }
  if (connection && (own.fetch || own.transport)) {
    throw new LogoutError('invalid_options', 'tls, proxy and pool are for the fetch of Deno, not for one of your own.')
  }
  const client = connection && openHttpClient(connection)
  const overClient: typeof fetch | undefined = client && ((input, init) => fetch(input, { ...init, client }))
  const inner = own.transport ?? fetchTransport(own.fetch ?? overClient)
  let closed = false
  return {
    transport: {
      mutualTls: inner.mutualTls ?? tls?.cert !== undefined,
      async send(request) {
        if (closed) throw new LogoutError('aborted', 'This client is closed. Nothing was sent.')
        try {
          return await inner.send(request)
        } catch (error) {
          const { host } = new URL(request.url)
          throw explainRefusal(error, `A request to ${host}`, '--allow-net', host)
        }
      },
    },
    close() {
      if (!closed) client?.close()
      closed = true
    },
  }
}
