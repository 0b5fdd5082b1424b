import type { SecureContext, SecureContextOptions } from 'node:tls'
import { LogoutError } from '@backend-logout/core'

/** Certificates and keys for the connections to the provider. All of them are contents, never names of files. */
export interface NodeTlsOptions {
  /** The authorities that may sign the provider's certificate, in PEM. @default the well-known ones, as Node has them */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The certificate that this application shows (mutual TLS), in PEM, followed by those between it and its authority. */
  readonly cert?: string | Uint8Array | undefined
  /** The private key that goes with `cert`, in PEM. */
  readonly key?: string | Uint8Array | undefined
  /** Certificate and key in one, in PKCS #12; in place of `cert` and `key`. */
  readonly pfx?: Uint8Array | undefined
  /** What `key` or `pfx` is encrypted with. */
  readonly passphrase?: string | undefined
  /** The name that the provider's certificate must have. @default the host of its address */
  readonly servername?: string | undefined
  /** The oldest version of TLS that is spoken. @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** How a client connects to its provider. None of it can be used together with a `fetch` or `transport` of one's own. */
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

/** {@link NodeConnectionOptions} after they were checked. */
export interface Connections {
  readonly limit: number
  readonly proxy: string | URL | false | undefined
  /** Options for `tls.connect`. */
  readonly tls: { readonly secureContext?: SecureContext; readonly servername?: string }
  /** Whether a client certificate is shown. */
  readonly mutualTls: boolean
}

/**
 * Checks connection options, the certificates included.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkConnections({ connections = 256, proxy, tls }: NodeConnectionOptions): Connections {
  if (!(Number.isInteger(connections) && connections >= 1 && connections <= 65_535)) {
    refuse('connections must be a whole number from 1 to 65535.')
  }
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) refuse('tls must be an object.')
  const { servername, ...credentials } = tls ?? {}
  if (servername !== undefined && !(typeof servername === 'string' && servername)) {
    refuse('tls.servername must be a host name.')
  }
  return {
    limit: connections,
    proxy,
    mutualTls: Boolean(credentials.cert ?? credentials.pfx),
    tls: { ...(tls && { secureContext: secureContext(credentials) }), ...(servername && { servername }) },
  }
}

function secureContext(credentials: Omit<NodeTlsOptions, 'servername'>): SecureContext {
  const { ca, cert, key } = credentials
  for (const [name, value] of Object.entries({ ca, cert, key })) {
    // Node takes a text that is no certificate for an empty list of authorities, and says nothing.
    for (const one of [value].flat()) if (one !== undefined && !isPem(one)) refuse(`tls.${name} must be PEM text.`)
  }
  if (Boolean(cert) !== Boolean(key)) refuse('tls.cert and tls.key are only of use together.')
  // Loaded only now, as most clients bring no certificate.
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  try {
    return createSecureContext(credentials as SecureContextOptions)
  } catch (error) {
    return refuse(`tls cannot be used: ${(error as Error).message}.`)
  }
}

const isPem = (value: unknown): boolean =>
  (typeof value === 'string' || value instanceof Uint8Array) && Buffer.from(value as string).includes('-----BEGIN ')

function refuse(message: string): never {
  throw new LogoutError('invalid_options', message)
}
