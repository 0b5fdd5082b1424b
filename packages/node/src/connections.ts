import type { SecureContext, SecureContextOptions } from 'node:tls'
import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'

/** The checked connection settings of a client. */
export interface Connections {
  readonly limit: number
  /** Options for `tls.connect`. */
  readonly tls: {
    readonly minVersion: TlsVersion
    readonly secureContext?: SecureContext
    readonly servername?: string
  }
  /** The application's own authorities, in PEM. */
  readonly authorities: readonly string[]
  /** True if there is a client certificate. */
  readonly mutualTls: boolean
}

type TlsVersion = NonNullable<NodeTlsOptions['minVersion']>

/**
 * Older versions are not allowed (RFC 8996). Set for every connection, because `tls.DEFAULT_MIN_VERSION` and command-line
 * options of Node.js change the default of the whole process.
 */
export const MIN_TLS_VERSION = 'TLSv1.2'

/** The members of `tls`. */
export const TLS: Readonly<Record<keyof NodeTlsOptions, true>> = {
  ca: true,
  cert: true,
  key: true,
  pfx: true,
  passphrase: true,
  servername: true,
  minVersion: true,
}

/**
 * Checks the number of connections and the TLS options.
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
  const checked = checkTls(tls)
  const authorities = [tls?.ca ?? []].flat().map((one) => Buffer.from(one as string).toString())
  return { limit: connections, mutualTls: Boolean(tls?.cert ?? tls?.pfx), tls: checked, authorities }
}

function checkTls(given: NodeTlsOptions | undefined): Connections['tls'] {
  if (!given) return { minVersion: MIN_TLS_VERSION }
  // Other options of Node.js could weaken the connection: secureProtocol, ciphers, rejectUnauthorized and more.
  const hints = { rejectUnauthorized: 'for your own authority, pass its certificate as ca', caCerts: 'use ca' }
  refuseUnknownOption(given, TLS, hints, 'tls.')
  const { ca, cert, key, pfx, passphrase, servername, minVersion = MIN_TLS_VERSION } = given
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') {
    invalidOption('tls.minVersion', "must be 'TLSv1.2' or 'TLSv1.3'.")
  }
  if (servername !== undefined && !(typeof servername === 'string' && servername)) {
    invalidOption('tls.servername', 'must be a host name.')
  }
  // Node's own message about a wrong type quotes the value.
  if (pfx !== undefined && !(pfx instanceof Uint8Array)) invalidOption('tls.pfx', 'must be bytes.')
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    invalidOption('tls.passphrase', 'must be a string.')
  }
  for (const [name, value] of Object.entries({ ca, cert, key })) {
    // Node silently treats text that is not a certificate as an empty list of authorities.
    for (const one of [value].flat())
      if (one !== undefined && !isPem(one)) invalidOption(`tls.${name}`, 'must be PEM text.')
  }
  if (Boolean(cert) !== Boolean(key)) invalidOption('tls.cert', 'and tls.key must be set together.')
  const secureContext = createContext({ ca, cert, key, pfx, passphrase, minVersion } as SecureContextOptions)
  return { minVersion, secureContext, ...(servername && { servername }) }
}

function createContext(options: SecureContextOptions): SecureContext {
  // Loaded on demand: most clients have no certificate.
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  try {
    return createSecureContext(options)
  } catch (error) {
    return invalidOption('tls', `cannot be used: ${(error as Error).message}.`)
  }
}

const isPem = (value: unknown): boolean =>
  (typeof value === 'string' || value instanceof Uint8Array) && Buffer.from(value as string).includes('-----BEGIN ')
