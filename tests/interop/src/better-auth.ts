import { randomBytes } from 'node:crypto'
import type { ClientOptions, LogoutClientOptions } from '@backend-logout/core'
import { privateKeyJwt } from '@backend-logout/core/jwt'
import { toNodeHandler } from 'better-auth/node'
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import {
  authorize,
  type BetterAuthServer,
  createAuth,
  openSession,
  REDIRECT_URI,
  RESOURCE,
} from './better-auth-server.ts'
import { serve } from './loopback-server.ts'
import { introspection, type RelyingParty, refreshGrant, requestTokens, signature, userInfo } from './relying-party.ts'
import type { RunningProvider } from './scenario.ts'

/** The authentication methods of an application here. */
export type BetterAuthApp = 'basic' | 'post' | 'none' | 'privateKeyJwt'

interface RegisteredApp extends RelyingParty {
  readonly options: ClientOptions
}

/** Options of the provider. */
export interface BetterAuthSettings {
  readonly accessTokens: 'opaque' | 'jwt'
  /** Without `openid`, it is a plain OAuth provider: no user info, and no OpenID metadata. */
  readonly openid: boolean
}

/** Starts Better Auth with its OAuth provider; a user signs up, and uses every application. */
export async function startBetterAuth(settings: BetterAuthSettings): Promise<RunningProvider<BetterAuthApp>> {
  const { accessTokens, openid } = settings
  const scopes = openid ? ['openid', 'offline_access'] : ['offline_access']
  let auth = {} as BetterAuthServer
  const server = await serve((origin) => {
    auth = createAuth(origin, scopes, {})
    return toNodeHandler(auth)
  })
  const issuer = `${server.origin}/api/auth`
  const cookie = await openSession(issuer, 'user', 'sign-up')
  const apps = await registerApps(auth, new Headers({ cookie }))
  // With a resource, access tokens are JWTs.
  const resource: Record<string, string> = accessTokens === 'jwt' ? { resource: RESOURCE } : {}
  const tokenEndpoint = `${issuer}/oauth2/token`
  const refresh: RunningProvider<BetterAuthApp>['refresh'] = (app, refreshToken) =>
    requestTokens(issuer, tokenEndpoint, apps[app], 'refresh_token', { refresh_token: refreshToken, ...resource })
  return {
    ...server,
    clientOptions: (app): LogoutClientOptions => ({ issuer, ...apps[app].options }),
    async signIn(app) {
      const verifier = randomBytes(32).toString('base64url')
      const code = await authorize(
        issuer,
        cookie,
        { client_id: apps[app].id, scope: scopes.join(' '), ...resource },
        verifier,
      )
      const parameters = { code, redirect_uri: REDIRECT_URI, code_verifier: verifier, ...resource }
      return requestTokens(issuer, tokenEndpoint, apps[app], 'authorization_code', parameters)
    },
    refresh,
    probes: (app, { accessToken, refreshToken }) => [
      accessTokens === 'jwt'
        ? signature(`${issuer}/jwks`, accessToken)
        : openid
          ? userInfo(`${issuer}/oauth2/userinfo`, accessToken)
          : introspection(issuer, `${issuer}/oauth2/introspect`, apps[app], accessToken),
      refreshGrant(() => refresh(app, refreshToken)),
    ],
  }
}

async function registerApps(auth: BetterAuthServer, headers: Headers): Promise<Record<BetterAuthApp, RegisteredApp>> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'app' }
  const register = async (method: string, more: object = {}): Promise<{ id: string; secret: string }> => {
    const body = {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: method,
      grant_types: ['authorization_code', 'refresh_token'],
      skip_consent: true,
      ...more,
    }
    const { client_id: id, client_secret: secret = '' } = await auth.api.adminCreateOAuthClient({ headers, body })
    return { id, secret }
  }
  const basic = await register('client_secret_basic')
  const post = await register('client_secret_post')
  const none = await register('none')
  const signed = await register('private_key_jwt', { jwks: { keys: [key] } })
  return {
    basic: {
      id: basic.id,
      auth: oauth.ClientSecretBasic(basic.secret),
      options: { appId: basic.id, appSecret: basic.secret },
    },
    post: {
      id: post.id,
      auth: oauth.ClientSecretPost(post.secret),
      options: { appId: post.id, appSecret: post.secret, clientAuth: 'client_secret_post' },
    },
    none: { id: none.id, auth: oauth.None(), options: { appId: none.id, clientAuth: 'none' } },
    privateKeyJwt: {
      id: signed.id,
      auth: oauth.PrivateKeyJwt({ key: privateKey, kid: 'app' }),
      options: { appId: signed.id, clientAuth: privateKeyJwt(privateKey, { kid: 'app' }) },
    },
  }
}
