/** Certificates and keys for the connections to the provider. All of them are contents, never names of files. */
export interface NodeTlsOptions {
  /**
   * The authorities that may sign the provider's certificate, in PEM. They take the place of the well-known ones.
   * @default the well-known ones, as Node has them
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The certificate that this application shows (mutual TLS), in PEM, followed by those between it and its authority. */
  readonly cert?: string | Uint8Array | undefined
  /** The private key that goes with `cert`, in PEM. */
  readonly key?: string | Uint8Array | undefined
  /** Certificate and key in one, in PKCS #12; in place of `cert` and `key`. */
  readonly pfx?: Uint8Array | undefined
  /** What `key` or `pfx` is encrypted with. */
  readonly passphrase?: string | undefined
  /**
   * The name that the provider's certificate must have.
   * @default the host of the provider's address
   */
  readonly servername?: string | undefined
  /**
   * The oldest version of TLS that is spoken.
   * @default 'TLSv1.2'
   */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** How a client connects to its provider. None of it goes together with a `fetch` or `transport` of one's own. */
export interface NodeConnectionOptions {
  /**
   * How many connections to one host may be open at a time, 1 to 65 535; further requests wait for a free one.
   * @default 256
   */
  readonly connections?: number | undefined
  /**
   * The proxy for all requests, such as `http://user:password@proxy.example.com:3128`, or `false` for none. Requests go
   * through a `CONNECT` tunnel, so what is sent by https stays hidden from the proxy.
   * @default the environment decides: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, also in lower case
   */
  readonly proxy?: string | URL | false | undefined
  /** Own authorities, and a client certificate. */
  readonly tls?: NodeTlsOptions | undefined
}
