import type { ClientBase, ClientCore } from './call.ts'
import { CALLS } from './call-option-names.ts'
import { type CallOptions, checkCallOptions, resolveLimits } from './call-options.ts'
import type { Clock } from './clock.ts'
import type { Introspection, IntrospectOptions } from './introspect.ts'
import { partOf } from './load-part.ts'
import type { LogoutOptions, LogoutResult } from './logout.ts'
import { buildLogoutForm, buildLogoutUrl, type LogoutForm, type LogoutUrlOptions, planLogoutUrl } from './logout-url.ts'
import type { LogoutClientOptions } from './options.ts'
import { createProvider, type ProviderMetadata } from './provider.ts'
import { createProviderApi } from './request.ts'
import { type ResolvedOptions, resolveOptions } from './resolve-options.ts'
import type { Revocation } from './revocation.ts'
import { type RevokeOptions, revoke } from './revoke.ts'
import { type RevokeManyOptions, revokeMany } from './revoke-many.ts'
import type { SessionTokens } from './session-tokens.ts'
import type { TokenSource } from './token-source.ts'

/** Logs users out at one provider, as one application. Made by {@link createLogoutClient}; safe to share. */
export interface LogoutClient {
  /** The application's id, as in the options. */
  readonly appId: string
  /** The provider's address without a slash at its end: `appHost`, `issuer`, or the revocation endpoint. */
  readonly provider: string

  /**
   * Revokes one token: an access token or a refresh token.
   *
   * @returns `true` when the provider accepted the revocation; with `verify`, only when introspection then reports it
   * as inactive, and `false` when the provider still reports the token as active
   * @throws LogoutError in every other case; `tokenMayBeLive` is then `true` if the token may still be active
   * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2 | RFC 7009 §2}
   * @example
   * ```ts
   * import { createLogoutClient } from '@backend-logout/core'
   *
   * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
   * const revoked: boolean = await client.revokeToken('the access token')
   * ```
   */
  revokeToken(token: string, options?: RevokeOptions): Promise<boolean>

  /**
   * Revokes the tokens of a session, the refresh token first, each separately, and reports the outcome of each. A
   * failed token never makes it reject, so the application can always end its own session. It takes at most 4.5
   * seconds, or `logoutDeadlineMs`, because a user waits for it. Without a token, it sends nothing and
   * `nothingToRevoke` is `true`.
   *
   * @throws LogoutError `invalid_argument` when an option is wrong, or a token has the wrong name
   * @example
   * ```ts
   * import { createLogoutClient } from '@backend-logout/core'
   *
   * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
   * const { revoked, tokens, logoutUrl } = await client.logout({ accessToken: '…', refreshToken: '…', idToken: '…' })
   * for (const { tokenType, state } of tokens) console.log(tokenType, state)
   * ```
   */
  logout(tokens: SessionTokens | null | undefined, options?: LogoutOptions): Promise<LogoutResult>

  /**
   * Revokes many tokens, and yields the outcome of each as it becomes known, with its `index` in the input. The input
   * is read only as fast as tokens are revoked. When the provider throttles, the whole run slows down and speeds up
   * again. The outcome of a token never ends the run.
   *
   * @throws LogoutError `invalid_argument` immediately; `aborted` when the signal ended the run, after all tokens in
   * flight have been yielded; any error of the input, likewise
   * @example
   * ```ts
   * import { createLogoutClient } from '@backend-logout/core'
   *
   * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
   * for await (const { index, state } of client.revokeTokens(['token 1', 'token 2'], { concurrency: 64 })) {
   *   if (state !== 'accepted') console.warn(`token ${index} is ${state}`)
   * }
   * ```
   */
  revokeTokens(tokens: TokenSource, options?: RevokeManyOptions): AsyncGenerator<Revocation, void, void>

  /**
   * Queries the provider for the state of a token.
   *
   * @throws LogoutError, `unexpected_response` also when the response has no boolean `active`
   * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 | RFC 7662 §2}
   */
  introspectToken(token: string, options?: IntrospectOptions): Promise<Introspection>

  /**
   * Builds the URL that ends the provider's session in the user's browser. With `issuer`, the provider's metadata must
   * have been fetched before, by {@link LogoutClient.discover} or any other call.
   *
   * @throws LogoutError `invalid_argument`, `endpoint_missing`, or `discovery_failed` before discovery
   * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html | OpenID Connect RP-Initiated Logout}
   */
  buildLogoutUrl(options?: LogoutUrlOptions): URL

  /**
   * Builds the same request as {@link LogoutClient.buildLogoutUrl} as a form that the user's browser posts, in case the
   * URL is too long. Only for `kind` `oidc`.
   *
   * @throws LogoutError `invalid_argument`, `endpoint_missing`, or `discovery_failed` before discovery
   * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout | OpenID Connect RP-Initiated Logout §2}
   * @example
   * ```ts
   * import { createLogoutClient } from '@backend-logout/core'
   *
   * const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai' })
   * const { action, fields } = client.buildLogoutForm({ idToken: 'a long one' })
   * for (const [name, value] of Object.entries(fields)) console.log(action.href, name, value.length)
   * ```
   */
  buildLogoutForm(options?: LogoutUrlOptions): LogoutForm

  /**
   * Fetches the provider's metadata, once per client; only a success is kept. Other calls do this automatically.
   * Resolves to `undefined` for a client with `appHost` or `endpoints`, which needs no metadata.
   *
   * @throws LogoutError `discovery_failed`, `timeout` or `aborted`
   */
  discover(options?: CallOptions): Promise<ProviderMetadata | undefined>
}

/**
 * Creates a client. Checks and copies the options; sends nothing yet.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/core'
 *
 * // GenAuth
 * createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * // any other provider, by its metadata
 * createLogoutClient({ appId: 'app', appSecret: 'secret', issuer: 'https://id.example.com' })
 * // or by its endpoint
 * createLogoutClient({ appId: 'app', appSecret: 'secret', endpoints: { revocation: 'https://id.example.com/revoke' } })
 * ```
 */
export function createLogoutClient(options: LogoutClientOptions): LogoutClient {
  return createClient(options)
}

const loadDiscoveredProvider = partOf(() => import('./discovered-provider.ts'))
const loadLogout = partOf(() => import('./logout.ts'))
const loadIntrospect = partOf(() => import('./introspect.ts'))

/** {@link createLogoutClient} with a given clock. */
export function createClient(given: LogoutClientOptions, clock?: Clock): LogoutClient {
  const options = resolveOptions(given, clock)
  let calls = 0
  const base: ClientBase = {
    options,
    api: createProviderApi(options.transport),
    recent: [],
    nextCall: () => ++calls,
  }
  const provider = createProvider(options, async (issuer, { deadlineAt }) => {
    const ms = Math.min(options.limits.timeoutMs, deadlineAt - options.clock.now())
    const { discoveredProvider } = await loadDiscoveredProvider(options, ms)
    return discoveredProvider(base, issuer)
  })
  const core: ClientCore = { ...base, provider }
  return Object.freeze<LogoutClient>({
    appId: options.appId,
    provider: addressOf(options).replace(/\/+$/, ''),
    async revokeToken(token, callOptions) {
      checkCallOptions(callOptions, CALLS.revokeToken)
      const { revocation } = await revoke(core, token, callOptions)
      const { state, revoked, error } = revocation
      if (callOptions?.verify && state === 'live' && error?.code === 'unverified') return false
      if (error) throw error
      return revoked
    },
    async logout(tokens, callOptions) {
      checkCallOptions(callOptions, CALLS.logout)
      const { logout } = await loadLogout(options)
      return logout(core, tokens, callOptions)
    },
    revokeTokens(tokens, callOptions) {
      checkCallOptions(callOptions, CALLS.revokeTokens)
      return revokeMany(core, tokens, callOptions)
    },
    async introspectToken(token, callOptions) {
      checkCallOptions(callOptions, CALLS.introspectToken)
      const { introspect } = await loadIntrospect(options)
      return introspect(core, token, callOptions)
    },
    buildLogoutUrl(urlOptions) {
      checkCallOptions(urlOptions, CALLS.buildLogoutUrl)
      return buildLogoutUrl(planLogoutUrl(options, urlOptions), provider)
    },
    buildLogoutForm(urlOptions) {
      checkCallOptions(urlOptions, CALLS.buildLogoutUrl)
      return buildLogoutForm(planLogoutUrl(options, urlOptions), provider)
    },
    async discover(callOptions = {}) {
      checkCallOptions(callOptions, CALLS.discover)
      const { deadlineMs } = resolveLimits(callOptions, options.limits)
      const deadlineAt = options.clock.now() + deadlineMs
      const { metadata } = await provider.endpoints({ deadlineAt, signal: callOptions.signal })
      return metadata
    },
  })
}

function addressOf({ location }: ResolvedOptions): string {
  if (location.kind === 'genauth') return location.base
  return (location.kind === 'issuer' ? location.issuer[0] : Object.values(location.endpoints)[0]) as string
}
