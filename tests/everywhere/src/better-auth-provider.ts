import { randomBytes } from 'node:crypto'
import {
  authorize,
  type BetterAuthServer,
  createAuth,
  openSession,
  REDIRECT_URI,
  RESOURCE,
  type Tables,
} from '@backend-logout/tests-interop/better-auth-server'
import { serve } from '@backend-logout/tests-interop/loopback-server'
import { toNodeHandler } from 'better-auth/node'
import type { Application, Provider } from './express-application.ts'

/** Better Auth with two applications. Each user has one session there, which all applications share. */
export interface BetterAuthProvider extends Provider<Application>, AsyncDisposable {
  readonly apps: { readonly a: Application; readonly b: Application }
  /** Logs a user out the way an application does: with the latest ID token. */
  logOutAt(app: Application, user: string): Promise<number>
  /** The status of the response to a refresh. */
  refresh(app: Application, refreshToken: string): Promise<number>
}

type TokenResponse = { readonly id_token: string; readonly access_token: string; readonly refresh_token: string }

/** Starts Better Auth with its OAuth provider. Access tokens are JWTs, because they are for a resource. */
export async function startBetterAuth(): Promise<BetterAuthProvider> {
  const tables: Tables = {}
  let auth = {} as BetterAuthServer
  const server = await serve((origin) => {
    auth = createAuth(origin, ['openid', 'offline_access'], tables)
    return toNodeHandler(auth)
  })
  const issuer = `${server.origin}/api/auth`
  const headers = new Headers({ cookie: await openSession(issuer, 'admin', 'sign-up') })
  const register = async (name: string): Promise<Application> => {
    const body = {
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      skip_consent: true,
      enable_end_session: true,
    }
    const { client_id: appId, client_secret: appSecret = '' } = await auth.api.adminCreateOAuthClient({ headers, body })
    return { name, appId, appSecret, authMethod: 'client_secret_basic' }
  }
  const apps = { a: await register('a'), b: await register('b') }
  /** Missing for users who have logged out. */
  const cookies = new Map<string, string | undefined>()
  const idTokens = new Map<string, string>()
  const requestTokens = ({ appId, appSecret }: Application, parameters: Record<string, string>): Promise<Response> => {
    const authorization = `Basic ${Buffer.from(`${appId}:${appSecret}`).toString('base64')}`
    const body = new URLSearchParams({ ...parameters, resource: RESOURCE })
    return fetch(`${issuer}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
  }
  return {
    issuer,
    apps,
    async signIn(user, { app }) {
      const cookie = cookies.get(user) ?? (await openSession(issuer, user, cookies.has(user) ? 'sign-in' : 'sign-up'))
      cookies.set(user, cookie)
      const code_verifier = randomBytes(32).toString('base64url')
      const asked = { client_id: app.appId, scope: 'openid offline_access', resource: RESOURCE }
      const code = await authorize(issuer, cookie, asked, code_verifier)
      const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier }
      const tokens = (await (await requestTokens(app, grant)).json()) as TokenResponse
      idTokens.set(`${app.name} ${user}`, tokens.id_token)
      return { idToken: tokens.id_token, accessToken: tokens.access_token, refreshToken: tokens.refresh_token }
    },
    async sendLogoutsTo(backchannelLogoutUri, { app }) {
      // It does not register loopback addresses, so the row says so.
      const row = tables.oauthClient?.find(({ clientId }) => clientId === app.appId)
      Object.assign(row ?? {}, { backchannelLogoutUri, backchannelLogoutSessionRequired: true })
    },
    async logOutAt(app, user) {
      const url = new URL(`${issuer}/oauth2/end-session`)
      url.searchParams.set('id_token_hint', idTokens.get(`${app.name} ${user}`) ?? '')
      const answer = await fetch(url, { headers: { cookie: cookies.get(user) ?? '' }, redirect: 'manual' })
      cookies.set(user, undefined)
      return answer.status
    },
    refresh: async (app, refresh_token) =>
      (await requestTokens(app, { grant_type: 'refresh_token', refresh_token })).status,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
