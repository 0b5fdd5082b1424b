import { checkUrl } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { isInternal } from './internal-host.ts'

/** Restrictions on the endpoints in a provider's metadata. */
export interface MetadataUrlPolicy {
  /** Allows http for any host. */
  readonly allowInsecureHttp: boolean
  /** The pinned hosts, as `URL` writes them. */
  readonly endpointHosts: readonly string[] | undefined
  /** Address of the metadata, if the application sets it. */
  readonly metadataUrl?: string | undefined
}

/**
 * Checks the address of an endpoint in a provider's metadata. Metadata is less trusted than an option: it must not lead
 * tokens and secrets from a provider on the Internet to this machine, into its network, or onto http.
 *
 * @param what Its name in messages.
 * @param issuer The issuer whose metadata it is.
 * @throws LogoutError `discovery_failed`
 * @example
 * ```ts
 * import { checkMetadataUrl } from '@backend-logout/core'
 *
 * const policy = { allowInsecureHttp: false, endpointHosts: undefined }
 * checkMetadataUrl('https://id.example.com/jwks', "The provider's jwks_uri", 'https://id.example.com', policy)
 * ```
 */
export function checkMetadataUrl(value: unknown, what: string, issuer: string, policy: MetadataUrlPolicy): string {
  const { allowInsecureHttp, endpointHosts, metadataUrl } = policy
  const own = new URL(issuer)
  const url = checkUrl(value, what, allowInsecureHttp, 'discovery_failed')
  // The application named this host itself.
  if (metadataUrl !== undefined && url.origin === new URL(metadataUrl).origin) return url.href
  const refuse = (reason: string): never => {
    throw new LogoutError('discovery_failed', `${what} ${reason}`)
  }
  if (url.protocol !== 'https:' && own.protocol === 'https:') refuse('must use https, as the issuer does.')
  const allowed = endpointHosts
    ? url.host === own.host || endpointHosts.includes(url.host)
    : isInternal(own.hostname) || !isInternal(url.hostname)
  if (!allowed) refuse(`is on ${url.host}. If that is intended, list it in endpointHosts.`)
  return url.href
}
