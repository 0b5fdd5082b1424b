import { negotiatedAuth } from './choose-client-auth.ts'
import type { AuthenticatedEndpoint } from './client-auth.ts'
import type { LogoutError } from './errors.ts'
import { checkMetadataUrl } from './metadata-url.ts'
import type { ProviderEndpoints, ProviderMetadata } from './provider.ts'
import type { ResolvedIssuer, ResolvedOptions } from './resolve-options.ts'

/** Members with an endpoint. */
const MEMBERS = {
  revocation: 'revocation_endpoint',
  introspection: 'introspection_endpoint',
  endSession: 'end_session_endpoint',
} as const

/** Completes a provider's document with another one, which has what the first one lacks or states in an unusable form. */
export function completedMetadata(
  first: ProviderMetadata,
  second: ProviderMetadata,
  unusable: ProviderEndpoints['unusable'] = {},
): ProviderMetadata {
  const replaced = Object.keys(unusable).map((endpoint): string => MEMBERS[endpoint as keyof typeof MEMBERS])
  const kept = Object.entries(first).filter(
    ([name, value]) => value !== null && !(replaced.includes(name) && Object.hasOwn(second, name)),
  )
  return { ...second, ...Object.fromEntries(kept), issuer: first.issuer }
}

/** Endpoints of metadata of which a document could not be fetched for now: that one may have those which are missing. */
export function partially(found: ProviderEndpoints, why: string): ProviderEndpoints {
  const names = Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]
  const missing = names.filter((endpoint) => found[endpoint] === undefined)
  const reasons = missing.map((endpoint) => [
    endpoint,
    `The provider's ${MEMBERS[endpoint]} is not in the metadata that could be fetched. ${why}`,
  ])
  return { ...found, isPart: true, unusable: { ...Object.fromEntries(reasons), ...found.unusable } }
}

/** Reads the endpoints in a provider's metadata. An unusable one does not affect the others. */
export function endpointsOf(
  metadata: ProviderMetadata,
  options: ResolvedOptions,
  { endpointHosts, metadataUrl }: ResolvedIssuer,
): ProviderEndpoints {
  const { allowInsecureHttp, transport, clientAuth } = options
  const policy = { allowInsecureHttp, endpointHosts, metadataUrl }
  const mutualTls = transport.mutualTls === true || /tls/.test(clientAuth?.method ?? '')
  const aliases = mutualTls ? metadata.mtls_endpoint_aliases : undefined
  const unusable: Partial<Record<keyof typeof MEMBERS, string>> = {}
  const check = (endpoint: keyof typeof MEMBERS): string | undefined => {
    const name = MEMBERS[endpoint]
    const value = (aliases as ProviderMetadata | undefined)?.[name] ?? metadata[name]
    if (value === undefined || value === null) return undefined
    try {
      return checkMetadataUrl(value, `The provider's ${name}`, metadata.issuer, policy)
    } catch (error) {
      unusable[endpoint] = (error as LogoutError).message
      return undefined
    }
  }
  const methods = (endpoint: AuthenticatedEndpoint | 'token'): readonly string[] | undefined => {
    const listed = metadata[`${endpoint}_endpoint_auth_methods_supported`]
    const names = Array.isArray(listed) ? listed.filter((method) => typeof method === 'string') : []
    // An empty list counts as missing.
    return names.length ? names : undefined
  }
  const revocation = methods('revocation') ?? likeToken(methods('token'))
  // For introspection, a missing list means nothing (RFC 8414 §2); the method for revocation is the best guess.
  const authMethods = { revocation, introspection: methods('introspection') ?? revocation }
  return {
    issuer: metadata.issuer,
    revocation: check('revocation'),
    introspection: check('introspection'),
    endSession: check('endSession'),
    authMethods,
    negotiateAuth: (endpoint) => negotiatedAuth(options, authMethods[endpoint]),
    metadata,
    unusable,
  }
}

/**
 * A missing list for the revocation endpoint means `client_secret_basic` (RFC 8414 §2). If the token endpoint does not
 * accept that, but accepts the secret in the form, the form is used.
 */
function likeToken(token: readonly string[] | undefined): readonly string[] | undefined {
  if (!token?.includes('client_secret_post') || token.includes('client_secret_basic')) return undefined
  return [...token, 'tls_client_auth']
}
