import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import type { Provider } from './provider.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import { returnAddress } from './return-address.ts'
import { isBlank } from './token.ts'

/** Options of a front-end logout URL. */
export interface LogoutUrlOptions {
  /** The user's ID token, which identifies the session that ends. */
  readonly idToken?: string | undefined
  /**
   * Address to which the provider sends the user afterward. It must be registered there.
   * @default the client's `logoutRedirectUri`, else its `redirectUri`
   */
  readonly redirectUri?: string | URL | undefined
  /** Comes back with the user unchanged; make it unpredictable, and check it. */
  readonly state?: string | undefined
  /**
   * GenAuth's logout page: `oidc` (RP-initiated logout), `generic` (any protocol, no ID token needed) or `cas`. Other
   * providers have only `oidc`.
   * @default 'oidc', for an application with protocol `oauth` 'generic'
   */
  readonly kind?: 'oidc' | 'generic' | 'cas' | undefined
  /**
   * Further parameters, such as `logout_uri` (Amazon Cognito), `logout_hint` or `ui_locales` (OpenID Connect). `true`
   * adds the bare name, such as Auth0's `federated`. At most 20, with 4096 characters each; no name that another option
   * sets. They replace those in the provider's own address; the rest of that stays unchanged.
   */
  readonly extraParameters?: Readonly<Record<string, string | true>> | undefined
}

/**
 * A logout request that the user's browser posts, for parameters that are too long for a URL: many servers refuse more
 * than 8 kB.
 *
 * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout | OpenID Connect RP-Initiated Logout §2}
 */
export interface LogoutForm {
  /** The address that the form is posted to, with `method="post"`. */
  readonly action: URL
  /** The values of its hidden fields, by name. */
  readonly fields: Readonly<Record<string, string>>
}

/** A checked logout URL, for which at most the provider's endpoint is still missing. */
export interface LogoutUrlPlan {
  /** Absolute URL of a GenAuth logout page; without it, the page is the provider's end session endpoint. */
  readonly page: string | undefined
  readonly parameters: Readonly<Record<string, string | true>>
}

/** The paths of GenAuth's logout pages without OIDC, and their parameter for the return address. */
const PAGES = {
  generic: { path: '/login/profile/logout', returnParameter: 'redirect_uri' },
  cas: { path: '/cas-idp/logout', returnParameter: 'url' },
} as const

/**
 * Checks the request that ends the provider's session in the user's browser.
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
  if (idToken !== undefined && isBlank(idToken)) invalidOption('idToken', 'is white space.', 'invalid_argument')
  checkParameter('state', state, 4_096)
  if (genauth && (kind === 'generic' || kind === 'cas')) {
    const { path, returnParameter } = PAGES[kind]
    return { page: genauth.base + path, parameters: merge({ [returnParameter]: redirectUri, state }, options) }
  }
  if (kind !== 'oidc') {
    invalidOption('kind', "must be 'oidc', or with appHost also 'generic' or 'cas'.", 'invalid_argument')
  }
  if (genauth && redirectUri !== undefined && idToken === undefined) {
    const reason = "is missing: GenAuth redirects the user only with an ID token. Pass it, or use kind 'generic'."
    invalidOption('idToken', reason, 'invalid_argument')
  }
  const parameters = {
    id_token_hint: idToken,
    post_logout_redirect_uri: redirectUri,
    state,
    // Without an ID token, only this identifies the registered return addresses.
    client_id: genauth ? undefined : appId,
  }
  return { page: undefined, parameters: merge(parameters, options) }
}

/** Adds the extra parameters to those that are set otherwise. */
function merge(
  own: Readonly<Record<string, string | undefined>>,
  { extraParameters = {} }: LogoutUrlOptions,
): LogoutUrlPlan['parameters'] {
  const fail = (reason: string): never => invalidOption('extraParameters', reason, 'invalid_argument')
  // The members of a list, a `Map` or `URLSearchParams` are not parameters.
  if (typeof extraParameters !== 'object' || extraParameters === null || Symbol.iterator in extraParameters) {
    fail('must be an object of strings.')
  }
  const extra = Object.entries(extraParameters).filter(([, value]) => value !== undefined)
  if (extra.length > 20) fail('must have at most 20 members.')
  for (const [name, value] of extra) {
    if (!/^[\x21-\x7e]{1,100}$/.test(name)) fail('must have names of 1 to 100 printable characters.')
    if (name in own) fail(`must not set ${name}, which has a separate option.`)
    if (value !== true) checkParameter('extraParameters', value, 4_096)
  }
  const set = Object.entries(own).filter(([, value]) => value !== undefined) as [string, string][]
  return Object.fromEntries([...set, ...extra])
}

/**
 * Builds the URL of a plan.
 *
 * @throws LogoutError `endpoint_missing`, or `discovery_failed` before discovery
 */
export function buildLogoutUrl({ page, parameters }: LogoutUrlPlan, provider: Provider): URL {
  const url = new URL(page ?? endSessionEndpoint(provider))
  // `URLSearchParams` would write all of the endpoint's own query in another way.
  let parts = url.search.slice(1).split('&')
  for (const [name, value] of Object.entries(parameters)) {
    parts = parts.filter((part) => part && !new URLSearchParams(part).has(name))
    parts.push(value === true ? encodeURIComponent(name) : String(new URLSearchParams({ [name]: value })))
  }
  url.search = parts.join('&')
  return url
}

/**
 * Builds the form of a plan.
 *
 * @throws LogoutError `invalid_argument` if the page accepts no form; `endpoint_missing`, or `discovery_failed` before
 * discovery
 */
export function buildLogoutForm({ page, parameters }: LogoutUrlPlan, provider: Provider): LogoutForm {
  if (page !== undefined) invalidOption('kind', "must be 'oidc' for a form.", 'invalid_argument')
  const fields = Object.entries(parameters).map(([name, value]) => [name, value === true ? '' : value])
  return { action: new URL(endSessionEndpoint(provider)), fields: Object.fromEntries(fields) }
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
  const reason = known.unusable?.endSession ?? 'The provider has no end session endpoint.'
  throw new LogoutError('endpoint_missing', `${reason} The provider's session cannot be ended.`)
}
