import type { SecureContext, SecureContextOptions } from 'node:tls'
import { invalidOption } from '@backend-logout/core'
import type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'

/** What a client connects with, checked. */
export interface Connections {
  readonly limit: number
  /** Options for `tls.connect`. */
  readonly tls: {
    readonly minVersion: TlsVersion
    readonly secureContext?: SecureContext
    readonly servername?: string
  }
  /** Whether a client certificate is shown. */
  readonly mutualTls: boolean
}

type TlsVersion = NonNullable<NodeTlsOptions['minVersion']>

/**
 * Older versions are not spoken (RFC 8996). It is said for every connection, because the default can be changed for the
 * whole process: by `tls.DEFAULT_MIN_VERSION` and by options of Node.js.
 */
export const MIN_TLS_VERSION = 'TLSv1.2'

const TLS_OPTIONS: ReadonlySet<string> = new Set<keyof NodeTlsOptions>([
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'minVersion',
])

/**
 * Checks how many connections there may be, and the certificates.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkConnections({
  connections = 256,
  tls,
}: Pick<NodeConnectionOptions, 'connections' | 'tls'>): Connections {
  if (!(Number.isInteger(connections) && connections >= 1 && connections <= 65_535)) {
    invalidOption('connections', 'must be a whole number from 1 to 65535.')
  }
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) invalidOption('tls', 'must be an object.')
  return { limit: connections, mutualTls: Boolean(tls?.cert ?? tls?.pfx), tls: checkTls(tls) }
}

function checkTls(given: NodeTlsOptions | undefined): Connections['tls'] {
  if (!given) return { minVersion: MIN_TLS_VERSION }
  // What Node.js has besides could weaken the connection: secureProtocol, ciphers, rejectUnauthorized and others.
  const unknown = Object.keys(given).find((name) => !TLS_OPTIONS.has(name))
  if (unknown !== undefined) invalidOption('tls', `has only the options ${[...TLS_OPTIONS].join(', ')}.`)
  const { ca, cert, key, pfx, passphrase, servername, minVersion = MIN_TLS_VERSION } = given
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') {
    invalidOption('tls.minVersion', "must be 'TLSv1.2' or 'TLSv1.3'.")
  }
  if (servername !== undefined && !(typeof servername === 'string' && servername)) {
    invalidOption('tls.servername', 'must be a host name.')
  }
  // What Node.js says about a wrong type quotes the value.
  if (pfx !== undefined && !(pfx instanceof Uint8Array)) invalidOption('tls.pfx', 'must be bytes.')
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    invalidOption('tls.passphrase', 'must be a string.')
  }
  for (const [name, value] of Object.entries({ ca, cert, key })) {
    // Node takes a text that is no certificate for an empty list of authorities, and says nothing.
    for (const one of [value].flat())
      if (one !== undefined && !isPem(one)) invalidOption(`tls.${name}`, 'must be PEM text.')
  }
  if (Boolean(cert) !== Boolean(key)) invalidOption('tls.cert', 'and tls.key must be set together.')
  const secureContext = createContext({ ca, cert, key, pfx, passphrase, minVersion } as SecureContextOptions)
  return { minVersion, secureContext, ...(servername && { servername }) }
}

function createContext(options: SecureContextOptions): SecureContext {
  // Loaded only now, as most clients bring no certificate.
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  try {
    return createSecureContext(options)
  } catch (error) {
    return invalidOption('tls', `cannot be used: ${(error as Error).message}.`)
  }
}

const isPem = (value: unknown): boolean =>
  (typeof value === 'string' || value instanceof Uint8Array) && Buffer.from(value as string).includes('-----BEGIN ')
