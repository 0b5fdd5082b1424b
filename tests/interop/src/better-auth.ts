import { createHash, randomBytes } from 'node:crypto'
import type { ClientOptions, LogoutClientOptions } from '@backend-logout/core'
import { privateKeyJwt } from '@backend-logout/core/jwt'
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { serve } from './loopback-server.ts'
import { introspection, type RelyingParty, refreshGrant, requestTokens, signature, userInfo } from './relying-party.ts'
import type { RunningProvider } from './scenario.ts'

/** The ways in which an application can authenticate here. */
export type BetterAuthApp = 'basic' | 'post' | 'none' | 'privateKeyJwt'

interface RegisteredApp extends RelyingParty {
  readonly options: ClientOptions
}

/** How it is set up. */
export interface BetterAuthSettings {
  readonly accessTokens: 'opaque' | 'jwt'
  /** Without `openid` it is a plain OAuth provider: no user info, and no OpenID metadata. */
  readonly openid: boolean
}

/** What is used of its server-side API; the types of the plugin and of the package do not fit together. */
interface BetterAuthServer {
  readonly handler: (request: Request) => Promise<Response>
  readonly api: {
    adminCreateOAuthClient(request: {
      readonly headers: Headers
      readonly body: object
    }): Promise<{ client_id: string; client_secret?: string }>
  }
}

const REDIRECT_URI = 'https://app.example.com/callback'
const RESOURCE = 'https://api.example.com'

/** Starts Better Auth with its OAuth provider; a user signs up, and uses every application. */
export async function startBetterAuth(settings: BetterAuthSettings): Promise<RunningProvider<BetterAuthApp>> {
  const { accessTokens, openid } = settings
  const scopes = openid ? ['openid', 'offline_access'] : ['offline_access']
  let auth = {} as BetterAuthServer
  const server = await serve((origin) => {
    auth = createAuth(origin, scopes)
    return toNodeHandler(auth)
  })
  const issuer = `${server.origin}/api/auth`
  const cookie = await signUp(issuer)
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

function createAuth(baseURL: string, scopes: string[]): BetterAuthServer {
  const tables = `user session account verification jwks oauthClient oauthAccessToken oauthRefreshToken oauthConsent
    oauthClientAssertion oauthResource oauthClientResource`
  return betterAuth({
    baseURL,
    secret: randomBytes(32).toString('base64url'),
    database: memoryAdapter(Object.fromEntries(tables.split(/\s+/).map((name) => [name, []]))),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: '/login',
        consentPage: '/consent',
        scopes,
        resources: [RESOURCE],
        enforcePerClientResources: false,
      }) as never,
    ],
  }) as never
}

async function signUp(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'user', email: 'user@example.com', password: randomBytes(16).toString('hex') }),
  })
  const [cookie] = response.headers.getSetCookie()
  if (!cookie) throw new Error(`signing up failed: ${response.status}`)
  return cookie.split(';', 1)[0] as string
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

async function authorize(
  issuer: string,
  cookie: string,
  parameters: Record<string, string>,
  verifier: string,
): Promise<string> {
  const url = new URL(`${issuer}/oauth2/authorize`)
  url.search = new URLSearchParams({
    ...parameters,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    state: 'any',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  // A browser is redirected; a `fetch` is told in JSON where to go.
  const { url: callback } = (await (await fetch(url, { headers: { cookie } })).json()) as { url: string }
  const code = new URL(callback).searchParams.get('code')
  if (code === null) throw new Error(`signing in failed: ${callback}`)
  return code
}
