import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import type { Provider } from './provider.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import { returnAddress } from './return-address.ts'

/** What goes into a front-end logout URL. */
export interface LogoutUrlOptions {
  /** The user's ID token, which tells the provider whose session ends. */
  readonly idToken?: string | undefined
  /**
   * Where the provider sends the user afterwards. It must be registered there.
   * @default the client's `logoutRedirectUri`, else its `redirectUri`
   */
  readonly redirectUri?: string | URL | undefined
  /** Comes back with the user unchanged; make it unpredictable, and check it. */
  readonly state?: string | undefined
  /**
   * Which of GenAuth's logout pages: `oidc` (RP-initiated logout), `generic` (any protocol, no ID token needed) or
   * `cas`. Other providers have only `oidc`.
   * @default 'oidc', for an application with protocol `oauth` 'generic'
   */
  readonly kind?: 'oidc' | 'generic' | 'cas' | undefined
}

/** A logout URL that was checked, for which at most the provider's endpoint is still missing. */
export interface LogoutUrlPlan {
  /** Absolute URL of a logout page of GenAuth's; without it, the page is the provider's end session endpoint. */
  readonly page: string | undefined
  readonly parameters: Readonly<Record<string, string | undefined>>
}

/** The paths of GenAuth's logout pages without OIDC, and the parameter that holds the return address. */
const PAGES = {
  generic: { path: '/login/profile/logout', returnParameter: 'redirect_uri' },
  cas: { path: '/cas-idp/logout', returnParameter: 'url' },
} as const

/**
 * Checks what goes into the URL at which the user's browser ends the provider's own session.
 *
 * @throws LogoutError `invalid_argument`
 */
export function planLogoutUrl(client: ResolvedOptions, options: LogoutUrlOptions = {}): LogoutUrlPlan {
  const { location, appId } = client
  const genauth = location.kind === 'genauth' ? location : undefined
  const { idToken, state, kind = genauth?.protocol === 'oauth' ? 'generic' : 'oidc' } = options
  const redirectUri =
    options.redirectUri === undefined
      ? client.redirectUri
      : returnAddress(options.redirectUri, 'redirectUri', 'invalid_argument')
  checkParameter('idToken', idToken, 65_536)
  checkParameter('state', state, 4_096)
  if (genauth && (kind === 'generic' || kind === 'cas')) {
    const { path, returnParameter } = PAGES[kind]
    return { page: genauth.base + path, parameters: { [returnParameter]: redirectUri, state } }
  }
  if (kind !== 'oidc') {
    invalidOption('kind', "must be 'oidc', or with appHost also 'generic' or 'cas'.", 'invalid_argument')
  }
  if (genauth && redirectUri !== undefined && idToken === undefined) {
    const reason = "is missing: GenAuth redirects the user only with an ID token. Pass it, or use kind 'generic'."
    invalidOption('idToken', reason, 'invalid_argument')
  }
  return {
    page: undefined,
    parameters: {
      id_token_hint: idToken,
      post_logout_redirect_uri: redirectUri,
      state,
      // Without an ID token only this tells the provider which return addresses are registered.
      client_id: genauth ? undefined : appId,
    },
  }
}

/**
 * Builds the URL of a plan.
 *
 * @throws LogoutError `endpoint_missing`, or `discovery_failed` before discovery
 */
export function buildLogoutUrl({ page, parameters }: LogoutUrlPlan, provider: Provider): URL {
  const url = new URL(page ?? endSessionEndpoint(provider))
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

function checkParameter(name: string, value: unknown, limit: number): void {
  if (value === undefined) return
  if (typeof value === 'string' && value !== '' && value.length <= limit && value.isWellFormed()) return
  invalidOption(name, `must be a string of 1 to ${limit} characters.`, 'invalid_argument')
}

function endSessionEndpoint({ known }: Provider): string {
  if (!known) {
    const message = "The provider's metadata has not been fetched yet: await client.discover() first."
    throw new LogoutError('discovery_failed', message)
  }
  if (known.endSession !== undefined) return known.endSession
  throw new LogoutError(
    'endpoint_missing',
    'The provider has no end session endpoint: its own session cannot be ended.',
  )
}
