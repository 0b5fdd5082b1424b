import type { ClientCore } from './call.ts'
import { LogoutError } from './errors.ts'
import { returnAddress } from './options.ts'

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

/** The paths of GenAuth's logout pages without OIDC, and the parameter that holds the return address. */
const PAGES = {
  generic: ['/login/profile/logout', 'redirect_uri'],
  cas: ['/cas-idp/logout', 'url'],
} as const

/**
 * Checks what goes into the URL at which the user's browser ends the provider's own session.
 *
 * @returns what builds the URL, once the provider's endpoints are known
 * @throws LogoutError `invalid_argument`
 */
export function planLogoutUrl(core: ClientCore, options: LogoutUrlOptions = {}): () => URL {
  const { location, appId, redirectUri: fallback } = core.options
  const genauth = location.kind === 'genauth' ? location : undefined
  const { idToken, state, kind = genauth?.protocol === 'oauth' ? 'generic' : 'oidc' } = options
  const redirectUri =
    options.redirectUri === undefined ? fallback : returnAddress(options.redirectUri, 'redirectUri', 'invalid_argument')
  for (const [name, value, limit] of [
    ['idToken', idToken, 65_536],
    ['state', state, 4_096],
  ] as const) {
    if (
      value !== undefined &&
      !(typeof value === 'string' && value !== '' && value.length <= limit && value.isWellFormed())
    ) {
      throw new LogoutError('invalid_argument', `${name} must be a string of 1 to ${limit} characters.`, {
        option: name,
      })
    }
  }
  const page = genauth && (kind === 'generic' || kind === 'cas') ? PAGES[kind] : undefined
  if (kind !== 'oidc' && !page) {
    const message = "kind must be 'oidc', or with appHost also 'generic' or 'cas'."
    throw new LogoutError('invalid_argument', message, { option: 'kind' })
  }
  if (genauth && !page && redirectUri !== undefined && idToken === undefined) {
    const message =
      "idToken is missing: GenAuth redirects the user only with an ID token. Pass it, or use kind 'generic'."
    throw new LogoutError('invalid_argument', message, { option: 'idToken' })
  }
  return () => {
    const url = new URL(page ? genauth?.base + page[0] : endSessionEndpoint(core))
    const parameters: Record<string, string | undefined> = page
      ? { [page[1]]: redirectUri, state }
      : {
          id_token_hint: idToken,
          post_logout_redirect_uri: redirectUri,
          state,
          // Without an ID token only this tells the provider which return addresses are registered.
          client_id: genauth ? undefined : appId,
        }
    for (const name in parameters) if (parameters[name] !== undefined) url.searchParams.set(name, parameters[name])
    return url
  }
}

function endSessionEndpoint({ provider: { known } }: ClientCore): string {
  if (!known) {
    const message = 'The provider has not been asked for its metadata yet: await client.discover() first.'
    throw new LogoutError('discovery_failed', message)
  }
  if (known.endSession !== undefined) return known.endSession
  throw new LogoutError(
    'endpoint_missing',
    'The provider has no end session endpoint: its own session cannot be ended.',
  )
}
