/** Certificates and keys for connections to the provider: their contents, not file names. */
export interface NodeTlsOptions {
  /**
   * The authorities that may sign the provider's certificate, in PEM. They replace the well-known ones. Either may sign
   * the certificate of an https proxy.
   * @default the well-known authorities, as configured in Node.js
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The application's certificate (mutual TLS), in PEM, followed by any intermediate certificates. Needs `key`. */
  readonly cert?: string | Uint8Array | undefined
  /** The private key of `cert`, in PEM. */
  readonly key?: string | Uint8Array | undefined
  /** Certificate and key in PKCS #12, instead of `cert` and `key`. */
  readonly pfx?: Uint8Array | undefined
  /** The passphrase of `key` or `pfx`. */
  readonly passphrase?: string | undefined
  /**
   * The name that the provider's certificate must contain.
   * @default the host of the provider's address
   */
  readonly servername?: string | undefined
  /**
   * The oldest version of TLS to accept. TLS 1.0 and 1.1 are never used (RFC 8996).
   * @default 'TLSv1.2'
   */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** Connection options of a client. Cannot be combined with your own `fetch` or `transport`. */
export interface NodeConnectionOptions {
  /**
   * The maximum number of open connections to one host, 1 to 65 535. Further requests wait for a free one.
   * @default 256
   */
  readonly connections?: number | undefined
  /**
   * The proxy for all requests, such as `http://user:password@proxy.example.com:3128`, or `false` for none. Requests go
   * through a `CONNECT` tunnel, so the proxy cannot read what is sent over https. User and password are percent-encoded.
   * @default chosen by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, also in lower case
   */
  readonly proxy?: string | URL | false | undefined
  /** Your own authorities, and a client certificate. */
  readonly tls?: NodeTlsOptions | undefined
}
