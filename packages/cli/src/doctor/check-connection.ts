import { isIP } from 'node:net'
import { isLogoutError, type LogoutError, type ProviderMetadata } from '@backend-logout/node'
import { describeSystemError } from '../command-error.ts'
import type { Connection } from '../connection.ts'
import { describeLogoutError } from '../logout-error.ts'
import type { ReportCheck } from './check.ts'
import { type Examination, type Probe, probe, throwAwayToken, variable } from './examination.ts'
import type { WireConnection } from './wire-tap.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 14

/** A harmless request that shows whether the provider can be reached. */
type Request = (client: Connection['client']) => Promise<ProviderMetadata | undefined>

/** The settings that can replace metadata. The first one that is set gets the request. */
const ENDPOINTS: readonly { readonly name: string; readonly request?: Request }[] = [
  {
    name: 'AUTHING_APP_REVOCATION_ENDPOINT',
    request: async (client) => void (await client.revokeToken(throwAwayToken())),
  },
  {
    name: 'AUTHING_APP_INTROSPECTION_ENDPOINT',
    request: async (client) => void (await client.introspectToken(throwAwayToken())),
  },
  { name: 'AUTHING_APP_END_SESSION_ENDPOINT' },
]

/** A provider that was reached. */
export interface Reached {
  readonly metadata: ProviderMetadata | undefined
}

/** Checks the connection to the provider: name, TCP, certificate, metadata. `undefined` when it cannot be reached. */
export async function checkConnection(examination: Examination): Promise<Reached | undefined> {
  const { report, tap } = examination
  const issuer = variable(examination, 'AUTHING_APP_ISSUER')
  const host = variable(examination, 'AUTHING_APP_HOST')
  // GenAuth's OAuth 2.0 applications have no separate metadata; the host and the certificate are the same.
  const base = issuer ?? (host && `${host.replace(/\/+$/, '')}/oidc`)
  const endpoint = ENDPOINTS.find(({ name }) => variable(examination, name))
  const url = new URL(base ?? variable(examination, endpoint?.name ?? '') ?? '')
  await checkName(examination, url.hostname.replace(/^\[|\]$/g, ''))
  const request: Request | undefined = base ? (client) => client.discover() : endpoint?.request
  if (!request) {
    report({ name: 'connection', status: 'skipped', detail: 'only browsers call the end session endpoint' })
    return { metadata: undefined }
  }
  const discovery = await probe(examination, base === undefined ? {} : { issuer: base }, request)
  const { connection } = tap
  if (!connection) {
    report({
      name: 'connection',
      status: 'problem',
      detail: discovery.ok ? 'no connection was seen' : describeCause(discovery.error),
      advice:
        !discovery.ok && rootCause(discovery.error)?.code === 'ERR_SSL_WRONG_VERSION_NUMBER'
          ? `The server at ${url.host} does not use TLS. Check the port, and whether the address should start with http.`
          : `Check the address, the network, and proxies between this machine and ${url.host}.`,
    })
    return undefined
  }
  reportReached(report, connection, url.host)
  if (!discovery.ok && !discovery.wire) {
    report({
      name: 'connection',
      status: 'problem',
      detail: `Connected, but got no response: ${describeCause(discovery.error)}`,
    })
    return undefined
  }
  if (base) reportMetadata(examination, discovery, base, issuer !== undefined)
  else report({ name: 'metadata', status: 'skipped', detail: 'the endpoints are set, so there is no metadata to read' })
  return { metadata: discovery.ok ? discovery.value : undefined }
}

function reportReached(report: ReportCheck, { tls, remoteAddress }: WireConnection, host: string): void {
  const where = `${remoteAddress ?? host}, ${tls ? tls.protocol : 'without TLS'}`
  if (!tls?.certificate) {
    report({ name: 'connection', status: 'ok', detail: where })
    return
  }
  const { subject, issuer, validTo } = tls.certificate
  const days = Math.floor((validTo.getTime() - Date.now()) / DAY_MS)
  report({
    name: 'connection',
    status: days < SOON_DAYS ? 'note' : 'ok',
    detail: `${where}, certificate of ${subject} by ${issuer}, valid for ${days} more days`,
    ...(days < SOON_DAYS && { advice: 'Ask the operator of the provider to renew the certificate.' }),
  })
}

async function checkName({ report }: Examination, hostname: string): Promise<void> {
  if (isIP(hostname)) return
  const { lookup } = await import('node:dns/promises')
  try {
    const addresses = await lookup(hostname, { all: true })
    report({
      name: 'name',
      status: 'ok',
      detail: `${hostname} is ${addresses.map(({ address }) => address).join(', ')}`,
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const known = code === 'ENOTFOUND' ? 'the name does not exist' : describeSystemError(error)
    report({
      name: 'name',
      status: 'note',
      detail: `${hostname} cannot be resolved here: ${known}`,
      advice: 'Check the spelling. Behind a proxy this does not matter.',
    })
  }
}

function reportMetadata(
  examination: Examination,
  discovery: Probe<ProviderMetadata | undefined>,
  issuer: string,
  needed: boolean,
): void {
  const { report } = examination
  if (!discovery.ok) {
    report({
      name: 'metadata',
      status: needed ? 'problem' : 'note',
      detail: describeLogoutError(discovery.error),
      ...(!needed && { advice: 'GenAuth does not need it, but the address may be wrong.' }),
    })
    return
  }
  const { revocation_endpoint, introspection_endpoint, end_session_endpoint } = discovery.value ?? {}
  const missing = [
    [revocation_endpoint, 'revocation'],
    [introspection_endpoint, 'introspection'],
    [end_session_endpoint, 'end session'],
  ].flatMap(([url, name]) => (url === undefined ? [name] : []))
  const names = missing.length === 0 ? 'lists all endpoints' : `lists no endpoint for: ${missing.join(', ')}`
  report({
    name: 'metadata',
    status: missing.length === 0 ? 'ok' : needed && revocation_endpoint === undefined ? 'problem' : 'note',
    detail: `of issuer ${issuer} (${discovery.wire}), ${names}`,
  })
}

/** The network error alone, without the request around it. */
function describeCause(error: LogoutError): string {
  return rootCause(error)?.message ?? describeLogoutError(error)
}

function rootCause(error: LogoutError): NodeJS.ErrnoException | undefined {
  let inner = error.cause
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  return inner instanceof Error && !isLogoutError(inner) ? inner : undefined
}
