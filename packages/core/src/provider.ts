import type { AuthenticatedEndpoint, ClientAuth } from './client-auth.ts'
import type { LogoutError } from './errors.ts'
import type { components } from './generated/provider.ts'
import type { ProviderPath } from './request.ts'
import type { ResolvedIssuer, ResolvedOptions } from './resolve-options.ts'
import type { Wait } from './time-limit.ts'

/**
 * A provider's metadata (RFC 8414, OpenID Connect Discovery), as published.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 | RFC 8414 §2}
 */
export interface ProviderMetadata extends Readonly<components['schemas']['ProviderMetadata']> {}

/** A provider's endpoints and their authentication methods. */
export interface ProviderEndpoints {
  readonly issuer?: string | undefined
  readonly revocation?: string | undefined
  readonly introspection?: string | undefined
  readonly endSession?: string | undefined
  /** The methods that the provider lists for an endpoint. */
  readonly authMethods?: Readonly<Record<AuthenticatedEndpoint, readonly string[] | undefined>>
  /**
   * The authentication that the client and the metadata have in common, for clients without `clientAuth`.
   *
   * @throws LogoutError `client_auth_failed` if the client supports no method of the provider
   */
  readonly negotiateAuth?: (endpoint: AuthenticatedEndpoint) => ClientAuth
  readonly metadata?: ProviderMetadata
  /** True if a document of the metadata could not be fetched for now. Another look may find more. */
  readonly isPart?: boolean
  /** Reason why an endpoint cannot be used: its address in the metadata, or that a document could not be fetched. */
  readonly unusable?: Readonly<Partial<Record<'revocation' | 'introspection' | 'endSession', string>>>
}

/** The provider of one client. */
export interface Provider {
  /** Its endpoints, once they are known; a part of them while the rest of its metadata is being fetched. */
  readonly known: ProviderEndpoints | undefined
  /**
   * Its endpoints; fetches its metadata if necessary, once for all calls. Metadata that is too old remains in use while
   * it is fetched again in the background.
   *
   * @throws LogoutError `discovery_failed`, `timeout` or `aborted`
   */
  readonly endpoints: (wait: Wait) => Promise<ProviderEndpoints>
  /** Reports the failure of an endpoint. If it may have moved, the metadata is fetched again in the background. */
  readonly endpointFailed: (error: LogoutError) => void
}

/** Loads the code for providers that publish metadata, and creates one. */
export type LoadProvider = (issuer: ResolvedIssuer, wait: Wait) => Promise<Provider>

/** The paths of GenAuth's endpoints below `{appHost}/{protocol}`, as the spec states them. */
const PATHS = {
  revocation: '/token/revocation',
  introspection: '/token/introspection',
  endSession: '/session/end',
} as const satisfies Record<string, ProviderPath>

/** Creates the {@link Provider} that the options describe. */
export function createProvider({ location }: ResolvedOptions, load: LoadProvider): Provider {
  if (location.kind === 'endpoints') return fixedProvider(location.endpoints)
  if (location.kind === 'issuer') return lazyProvider(location, load)
  const base = `${location.base}/${location.protocol}`
  return fixedProvider({
    // GenAuth has one issuer, by the name of its OpenID Connect part.
    issuer: `${location.base}/oidc`,
    revocation: base + PATHS.revocation,
    introspection: base + PATHS.introspection,
    endSession: base + PATHS.endSession,
  })
}

function fixedProvider(endpoints: ProviderEndpoints): Provider {
  const known = Object.freeze(endpoints)
  return { known, endpoints: async () => known, endpointFailed: () => {} }
}

function lazyProvider(location: ResolvedIssuer, load: LoadProvider): Provider {
  let provider: Provider | undefined
  return {
    get known() {
      return provider?.known
    },
    async endpoints(wait) {
      const created = await load(location, wait)
      provider ??= created
      return provider.endpoints(wait)
    },
    endpointFailed: (error) => provider?.endpointFailed(error),
  }
}
