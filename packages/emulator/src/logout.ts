import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { BackchannelLogout } from './backchannel-logout.ts'
import type { LogoutDelivery } from './backchannel-options.ts'
import { PROTOCOL_PATHS } from './endpoints.ts'
import { errorPage, signedOutPage } from './pages.ts'
import type { MemoryStore } from './store.ts'

/** Settings of the emulator that ending a browser's session requires. */
interface LogoutSettings {
  readonly provider: Provider
  readonly store: MemoryStore
  readonly backchannel: BackchannelLogout
  readonly logoutRedirectUris: readonly string[]
}

/**
 * A Koa middleware that ends the session at `/session/end` immediately, like GenAuth, while `oidc-provider` would first
 * show a confirmation page. The checks of the request are the provider's; the redirect needs the ID token.
 *
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
export function endSessionAtOnce({ provider, store, backchannel }: Omit<LogoutSettings, 'logoutRedirectUris'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    if (ctx.path !== PROTOCOL_PATHS.end_session || ctx.status !== 200) return
    const { session, params, entities } = ctx.oidc
    await endSession({ store, backchannel }, session?.jti)
    ctx.set('set-cookie', expiredCookies(provider))
    const target = entities.IdTokenHint && params?.post_logout_redirect_uri
    if (typeof target !== 'string') {
      ctx.type = 'html'
      ctx.body = signedOutPage()
      return
    }
    const location = new URL(target)
    if (typeof params?.state === 'string') location.searchParams.append('state', params.state)
    ctx.status = 302
    ctx.redirect(location.href)
  }
}

/**
 * Answers GenAuth's generic logout (`/login/profile/logout?redirect_uri=`) and that of CAS (`/cas-idp/logout?url=`).
 * They redirect to registered logout callback URLs and nowhere else.
 */
export async function answerLogout(
  settings: LogoutSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { provider, logoutRedirectUris } = settings
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const target = searchParams.get('redirect_uri') ?? searchParams.get('url')
  const html = { 'content-type': 'text/html; charset=utf-8' }

  if (target !== null && !logoutRedirectUris.includes(target)) {
    const details = { error: 'invalid_request', error_description: 'the URL to return to is not registered' }
    response.writeHead(400, html).end(errorPage(details))
    return
  }
  await endSession(settings, provider.createContext(request, response).cookies.get(provider.cookieName('session')))
  const headers = { 'set-cookie': expiredCookies(provider) }
  if (target === null) response.writeHead(200, { ...html, ...headers }).end(signedOutPage())
  else response.writeHead(302, { ...headers, location: target }).end()
}

/**
 * Ends a session, and with it the grants of the applications that did not request `offline_access`. Then it reports to
 * the applications.
 */
export async function endSession(
  { store, backchannel }: Pick<LogoutSettings, 'store' | 'backchannel'>,
  id: string | undefined,
): Promise<LogoutDelivery[]> {
  const session = id === undefined ? undefined : store.get('Session', id)
  if (id === undefined || session === undefined) return []
  for (const { grantId, persistsLogout } of Object.values(session.authorizations ?? {})) {
    if (grantId !== undefined && !persistsLogout) store.revokeGrant(grantId)
  }
  store.remove('Session', id)
  return backchannel.notify(session)
}

function expiredCookies(provider: Provider): string[] {
  const name = provider.cookieName('session')
  return [name, `${name}.sig`].map((cookie) => `${cookie}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`)
}
