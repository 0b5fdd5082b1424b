import { endedBefore } from './attempts.ts'
import type { ClientCore, Wait } from './call.ts'
import type { AuthenticatedEndpoint } from './client-auth.ts'
import { fetchMetadata, type ProviderMetadata } from './discovery.ts'
import { LogoutError } from './errors.ts'
import { checkMetadataUrl, type MetadataUrlPolicy } from './metadata-url.ts'
import type { ResolvedOptions } from './options.ts'
import type { ProviderPath } from './request.ts'
import { EndedEarly, withTimeLimit } from './time-limit.ts'

/** Where a provider's endpoints are, and what is known about authenticating there. */
export interface ProviderEndpoints {
  readonly issuer?: string | undefined
  readonly revocation?: string | undefined
  readonly introspection?: string | undefined
  readonly endSession?: string | undefined
  /** The methods that the provider lists for an endpoint. */
  readonly authMethods?: Readonly<Record<AuthenticatedEndpoint, readonly string[] | undefined>>
  readonly metadata?: ProviderMetadata
}

/** The provider as one client knows it. */
export interface Provider {
  /** Its endpoints, where they are known by now. */
  readonly known: ProviderEndpoints | undefined
  /**
   * Its endpoints; asks for its metadata where that is needed, once for all calls.
   *
   * @throws LogoutError `discovery_failed`, `timeout` or `aborted`
   */
  readonly endpoints: (core: ClientCore, wait: Wait) => Promise<ProviderEndpoints>
}

/** The paths of GenAuth's endpoints below `{appHost}/{protocol}`, as the spec states them. */
const PATHS = {
  revocation: '/token/revocation',
  introspection: '/token/introspection',
  endSession: '/session/end',
} as const satisfies Record<string, ProviderPath>

/** Makes the {@link Provider} that the options describe. */
export function createProvider({ location, ...options }: ResolvedOptions): Provider {
  if (location.kind === 'endpoints') return fixed(location.endpoints)
  if (location.kind === 'genauth') {
    const base = `${location.base}/${location.protocol}`
    const { revocation, introspection, endSession } = PATHS
    return fixed({
      // GenAuth has one issuer, by the name of its OpenID Connect part.
      issuer: `${location.base}/oidc`,
      revocation: base + revocation,
      introspection: base + introspection,
      endSession: base + endSession,
    })
  }
  const { issuer: issuers, endpointHosts } = location
  const policy = { allowInsecureHttp: options.allowInsecureHttp, endpointHosts }
  const mutualTls = options.transport.mutualTls === true || /tls/.test(options.clientAuth?.method ?? '')
  let known: ProviderEndpoints | undefined
  let pending: Promise<ProviderEndpoints> | undefined
  const learn = async (core: ClientCore): Promise<ProviderEndpoints> => {
    try {
      known = fromMetadata(await fetchMetadata(core, issuers), mutualTls, policy)
      return known
    } finally {
      // A failure is not kept: the next call asks again.
      pending = undefined
    }
  }
  return {
    get known() {
      return known
    },
    async endpoints(core, wait) {
      if (known) return known
      // One discovery serves all calls that wait for it; each of them waits no longer than it may.
      const late = endedBefore(wait)
      if (late) throw late
      pending ??= learn(core)
      const learning = pending
      const { clock } = options
      try {
        return await withTimeLimit(() => learning, wait.deadlineAt - clock.now(), wait.signal, clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
        const message = `The call ended while it waited for the metadata of ${issuers[0]}. No token was sent.`
        throw new LogoutError(error.why, message, { retryable: error.why === 'timeout', attempts: 0 })
      }
    },
  }
}

function fixed(endpoints: ProviderEndpoints): Provider {
  const known = Object.freeze(endpoints)
  return { known, endpoints: async () => known }
}

function fromMetadata(metadata: ProviderMetadata, mutualTls: boolean, policy: MetadataUrlPolicy): ProviderEndpoints {
  const aliases = mutualTls ? metadata.mtls_endpoint_aliases : undefined
  const check = (
    name: 'revocation_endpoint' | 'introspection_endpoint' | 'end_session_endpoint',
  ): string | undefined => {
    const value = (aliases as ProviderMetadata | undefined)?.[name] ?? metadata[name]
    return value === undefined || value === null
      ? undefined
      : checkMetadataUrl(value, `The provider's ${name}`, metadata.issuer, policy)
  }
  const methods = (endpoint: AuthenticatedEndpoint): readonly string[] | undefined => {
    const listed = metadata[`${endpoint}_endpoint_auth_methods_supported`]
    return Array.isArray(listed) ? listed.filter((method) => typeof method === 'string') : undefined
  }
  const revocation = methods('revocation')
  return {
    issuer: metadata.issuer,
    revocation: check('revocation_endpoint'),
    introspection: check('introspection_endpoint'),
    endSession: check('end_session_endpoint'),
    // For introspection, silence means nothing (RFC 8414 §2); what holds for revocation is the best guess.
    authMethods: { revocation, introspection: methods('introspection') ?? revocation },
    metadata,
  }
}
