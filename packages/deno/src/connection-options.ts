/** TLS of the connection to the provider. Certificates and keys are PEM, not paths of files. */
export interface DenoTlsOptions {
  /** Authorities to trust in addition to those that Deno trusts. */
  readonly caCerts?: string | readonly string[] | undefined
  /** The client certificate, for `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705). Needs `key`. */
  readonly cert?: string | undefined
  /** The private key of `cert`. */
  readonly key?: string | undefined
}

/** Limits on idle connections. */
export interface DenoPoolOptions {
  /**
   * The maximum number of idle connections.
   * @default as many as there were
   */
  readonly maxIdle?: number | undefined
  /**
   * The time for which an idle connection is kept, in milliseconds, 1 to 86 400 000.
   * @default Deno's own
   */
  readonly idleTimeoutMs?: number | undefined
}

/** Connection options for Deno. With any of these options, the client opens separate connections. */
export interface DenoConnectionOptions {
  /** Certificates. */
  readonly tls?: DenoTlsOptions | undefined
  /**
   * A proxy: an `http:`, `https:`, `socks5:` or `socks5h:` URL, which may contain a user and a password.
   * @default `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, which Deno reads automatically
   */
  readonly proxy?: string | URL | undefined
  /** The connection pool. */
  readonly pool?: DenoPoolOptions | undefined
}
