import type { SecureContext, SecureContextOptions } from 'node:tls'
import { LogoutError } from '@backend-logout/core'
import type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'

/** What a client connects with, checked. */
export interface Connections {
  readonly limit: number
  /** Options for `tls.connect`. */
  readonly tls: { readonly secureContext?: SecureContext; readonly servername?: string }
  /** Whether a client certificate is shown. */
  readonly mutualTls: boolean
}

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
    refuse('connections must be a whole number from 1 to 65535.')
  }
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) refuse('tls must be an object.')
  const { servername, ...credentials } = tls ?? {}
  if (servername !== undefined && !(typeof servername === 'string' && servername)) {
    refuse('tls.servername must be a host name.')
  }
  return {
    limit: connections,
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
