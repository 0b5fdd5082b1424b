import type { CallLimits } from './call-options.ts'
import type { ClientAuth, ClientAuthMethod } from './client-auth.ts'
import type { OnEvent } from './events.ts'
import type { Transport } from './transport.ts'

/** GenAuth (formerly Authing), by the address of the application. */
export interface GenAuthLocation {
  /** The application's Authentication Address, such as `https://example.genauth.ai`. */
  readonly appHost: string | URL
  /**
   * The application's protocol, which decides the path of its endpoints.
   * @default 'oidc'
   */
  readonly protocol?: 'oidc' | 'oauth'
  /** Not together with `appHost`. */
  readonly issuer?: never
  /** Not together with `appHost`. */
  readonly endpoints?: never
}

/** Any other provider, by its issuer: its metadata defines endpoints and client authentication. */
export interface IssuerLocation {
  /** Exactly as the provider states it in its metadata, including a trailing slash or the lack of one. */
  readonly issuer: string | URL
  /**
   * Address of the metadata, for providers that do not publish it below the issuer, such as one document for
   * each policy or an address inside the network. The document must still state `issuer` exactly.
   * @default the well-known addresses of the issuer (RFC 8414 §3, OpenID Connect Discovery §4)
   */
  readonly metadataUrl?: string | URL | undefined
  /**
   * Maximum age of the metadata before it is fetched again, in milliseconds, 1 to 86 400 000. That happens in the
   * background, during a call; the last good metadata is used until then. It is also fetched again after an endpoint
   * answered 404, 405 or 410.
   * @default 3_600_000
   */
  readonly metadataMaxAgeMs?: number | undefined
  /** Not together with `issuer`. */
  readonly appHost?: never
  /** Not together with `issuer`. */
  readonly protocol?: never
  /** Not together with `issuer`. */
  readonly endpoints?: never
}

/** Any provider, by the absolute URLs of its endpoints; nothing is discovered. */
export interface EndpointsLocation {
  /**
   * Absolute URLs, at least one. Without `revocation` tokens are `unsupported`, without `introspection` there is no
   * `verify`, without `endSession` no logout URL.
   */
  readonly endpoints: {
    readonly revocation?: string | URL | undefined
    readonly introspection?: string | URL | undefined
    readonly endSession?: string | URL | undefined
  }
  /** Not together with `endpoints`. */
  readonly appHost?: never
  /** Not together with `endpoints`. */
  readonly protocol?: never
  /** Not together with `endpoints`. */
  readonly issuer?: never
}

/** Location of the provider: exactly one of `appHost`, `issuer` and `endpoints`. */
export type ProviderLocation = GenAuthLocation | IssuerLocation | EndpointsLocation

/** All options of a client except the address of its provider. */
export interface ClientOptions extends CallLimits {
  /** The application's id: OAuth's `client_id`. */
  readonly appId: string
  /** The application's secret: OAuth's `client_secret`. Leave it out for a public client. */
  readonly appSecret?: string | undefined
  /**
   * Authentication of the application at the revocation and introspection endpoints.
   * @default for `appHost`, `client_secret_post` with a secret and `none` without; for `issuer`, the first supported
   * method in the provider's metadata; for `endpoints`, `client_secret_basic` with a secret and `none` without
   */
  readonly clientAuth?: ClientAuthMethod | ClientAuth | undefined
  /**
   * Only with `issuer`: the only hosts, in addition to the issuer's own, on which the provider's metadata may place
   * endpoints, such as `['oauth2.googleapis.com']`; with the port if it is not 443. An empty list allows only the
   * issuer's own host. A host inside your network must be listed when the issuer is outside it.
   * @default any public host
   */
  readonly endpointHosts?: readonly string[] | undefined
  /**
   * Further responses of the revocation endpoint that mean that the token is no longer valid, and count as `accepted`:
   * error codes, or whole error descriptions, exactly as the provider writes them; codes that are numbers as text, such
   * as `'42001'`. At most 100. They count at any 2xx or 4xx except 401, 407 and 429; plain text only at a 2xx or 400,
   * because firewalls also answer in text. 400 with `invalid_token` always counts (RFC 6750 §3.1).
   *
   * Do not list what the provider also returns for a wrong credential or for a token of another application: such a
   * token would count as revoked. `backend-logout doctor` tries a wrong secret.
   * @default []
   */
  readonly alreadyInvalidErrors?: readonly string[] | undefined
  /**
   * Time for a whole `logout` with all its tokens, in milliseconds, 1 to 86 400 000: a user is waiting. A call's own
   * `deadlineMs` overrides it. `deadlineMs` of the client is for everything else, such as `revokeTokens`.
   * @default 4_500, or `deadlineMs` if that is shorter
   */
  readonly logoutDeadlineMs?: number | undefined
  /** The login callback; the default for the return address of the logout URL, after `logoutRedirectUri`. */
  readonly redirectUri?: string | URL | undefined
  /** Address to which the provider sends the user after the logout URL; must be registered there. */
  readonly logoutRedirectUri?: string | URL | undefined
  /**
   * Additional headers for each request, such as `User-Agent` (by default the name and version of this package and of
   * the runtime) or `X-Tenant-Id`: at most 64, with 16 384 characters. Credentials and similar names are refused
   * (`Authorization`, `Cookie`, `DPoP`, and names with `token`, `secret`, `api-key` and the like), because each request
   * has exactly one credential. So are headers that the client sets: `Content-*`, `Host`, `Expect`, and those of the
   * connection, such as `Upgrade` or `Proxy-*`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The function that sends the requests. It is called with `redirect: 'manual'`.
   * @default the global `fetch`, looked up at each request
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Sends the requests in place of `fetch`; for runtimes with something better, such as `@backend-logout/node`. */
  readonly transport?: Transport | undefined
  /** Receives events, for logs, metrics and traces. */
  readonly onEvent?: OnEvent | undefined
  /**
   * Makes the fingerprints in events with this key, at least 16 bytes, so that only its owner can test guesses at short
   * or predictable tokens, see {@link fingerprintToken}.
   * @default none: the beginning of SHA-256
   */
  readonly fingerprintKey?: string | undefined
  /**
   * Allows plain http to hosts other than loopback. Anyone with access to that network gets the tokens.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined
}

/** Options of {@link createLogoutClient}. */
export type LogoutClientOptions = ProviderLocation & ClientOptions
