import type { AuthenticatedEndpoint, ClientAuth } from './client-auth.ts'
import { LogoutError } from './errors.ts'
import type { components } from './generated/provider.ts'
import type { ProviderPath } from './request.ts'
import type { ResolvedIssuer, ResolvedOptions } from './resolve-options.ts'
import { EndedEarly, endedBefore, type Wait, withTimeLimit } from './time-limit.ts'

/**
 * A provider's metadata (RFC 8414, OpenID Connect Discovery), as it was published.
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
  /** Reason why an endpoint in the metadata cannot be used. */
  readonly unusable?: Readonly<Partial<Record<'revocation' | 'introspection' | 'endSession', string>>>
}

/** The provider of one client. */
export interface Provider {
  /** Its endpoints, once they are known. */
  readonly known: ProviderEndpoints | undefined
  /**
   * Its endpoints; fetches its metadata if necessary, once for all calls. Metadata that is too old still serves while
   * it is fetched again in the background.
   *
   * @throws LogoutError `discovery_failed`, `timeout` or `aborted`
   */
  readonly endpoints: (wait: Wait) => Promise<ProviderEndpoints>
  /** Reports a missing endpoint: fetches the metadata again in the background, because the endpoint may have moved. */
  readonly endpointMissing: () => void
}

/**
 * Fetches the metadata of an issuer, and reads the endpoints in it.
 *
 * @throws LogoutError `discovery_failed`
 */
export type Discover = (issuer: ResolvedIssuer) => Promise<ProviderEndpoints>

/** Metadata is fetched again no more often than this in the background, in milliseconds. */
const REFRESH_INTERVAL_MS = 60_000

/** The paths of GenAuth's endpoints below `{appHost}/{protocol}`, as the spec states them. */
const PATHS = {
  revocation: '/token/revocation',
  introspection: '/token/introspection',
  endSession: '/session/end',
} as const satisfies Record<string, ProviderPath>

/** Creates the {@link Provider} that the options describe. */
export function createProvider(options: ResolvedOptions, discover: Discover): Provider {
  const { location } = options
  if (location.kind === 'endpoints') return fixedProvider(location.endpoints)
  if (location.kind === 'issuer') return discoveredProvider(options, location, discover)
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
  return { known, endpoints: async () => known, endpointMissing: () => {} }
}

function discoveredProvider(options: ResolvedOptions, location: ResolvedIssuer, discover: Discover): Provider {
  const { clock } = options
  let known: ProviderEndpoints | undefined
  let pending: Promise<ProviderEndpoints> | undefined
  let fetchedAt = 0
  let triedAt = 0
  const fetchMetadata = (): Promise<ProviderEndpoints> => {
    triedAt = clock.now()
    pending ??= discover(location)
      .then((endpoints) => {
        known = endpoints
        fetchedAt = triedAt
        return endpoints
      })
      .finally(() => {
        // A failure is not kept: the next call fetches again.
        pending = undefined
      })
    return pending
  }
  const refreshAfter = (ageMs: number): void => {
    const now = clock.now()
    if (now - fetchedAt < ageMs || now - triedAt < Math.min(ageMs, REFRESH_INTERVAL_MS)) return
    // When it fails, the last good metadata stays in use.
    fetchMetadata().catch(() => {})
  }
  return {
    get known() {
      return known
    },
    async endpoints(wait) {
      if (known) {
        refreshAfter(location.metadataMaxAgeMs)
        return known
      }
      const late = endedBefore(wait, clock)
      if (late) throw late
      // One discovery serves all calls that wait for it; each of them waits no longer than it may.
      const discovery = fetchMetadata()
      try {
        return await withTimeLimit(() => discovery, wait.deadlineAt - clock.now(), wait.signal, clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
        const message = `The call ended while it waited for the metadata of ${location.issuer[0]}. No token was sent.`
        throw new LogoutError(error.why, message, { attempts: 0 })
      }
    },
    endpointMissing: () => refreshAfter(REFRESH_INTERVAL_MS),
  }
}
