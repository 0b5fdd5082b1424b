import { randomUUID } from 'node:crypto'
import {
  AuthorizationServer,
  generateRandomToken,
  JwtService,
  type OAuthClient,
  type OAuthToken,
  type OAuthTokenRepository,
} from '@jmondi/oauth2-server'
import { handleVanillaError, requestFromVanilla, responseToVanilla } from '@jmondi/oauth2-server/vanilla'
import * as oauth from 'oauth4webapi'
import {
  logoutSession,
  revokeAccessToken,
  revokeAccessTokenWithWrongHint,
  revokeRefreshToken,
  revokeRefreshTokenWithHint,
  revokeUnknownToken,
  verifyAccessToken,
  verifyRefreshToken,
  verifySession,
} from './calls.ts'
import { serve } from './loopback-server.ts'
import { type RelyingParty, refreshGrant, requestTokens, userInfo } from './relying-party.ts'
import { fate, type InteropSuite, NO_TOKEN, type RunningProvider } from './scenario.ts'
import { webListener } from './web-listener.ts'

type App = 'confidential' | 'special' | 'public'

const SECRETS: Readonly<Record<App, string | undefined>> = {
  confidential: 'a-secret-of-plain-characters',
  special: 'a/secret+with=specials',
  public: undefined,
}

const HOUR = 3_600_000

/** Keeps tokens as the package's guide does: a revoked one expires immediately. */
class TokenStore implements OAuthTokenRepository {
  readonly #tokens: OAuthToken[] = []

  async issueToken(client: OAuthClient, scopes: OAuthToken['scopes'], user?: OAuthToken['user']): Promise<OAuthToken> {
    const accessTokenExpiresAt = new Date(Date.now() + HOUR)
    return { accessToken: generateRandomToken(), accessTokenExpiresAt, client, scopes, user: user ?? null }
  }

  async issueRefreshToken(token: OAuthToken): Promise<OAuthToken> {
    token.refreshToken = generateRandomToken()
    token.refreshTokenExpiresAt = new Date(Date.now() + HOUR)
    return token
  }

  async persist(token: OAuthToken): Promise<void> {
    this.#tokens.push(token)
  }

  async revoke(token: OAuthToken): Promise<void> {
    token.accessTokenExpiresAt = new Date(0)
    token.refreshTokenExpiresAt = new Date(0)
  }

  async isRefreshTokenRevoked({ refreshTokenExpiresAt }: OAuthToken): Promise<boolean> {
    return Date.now() > (refreshTokenExpiresAt?.getTime() ?? 0)
  }

  getByRefreshToken(refreshToken: string): Promise<OAuthToken> {
    return this.#find((token) => token.refreshToken === refreshToken)
  }

  getByAccessToken(accessToken: string): Promise<OAuthToken> {
    return this.#find((token) => token.accessToken === accessToken)
  }

  async #find(matches: (token: OAuthToken) => boolean): Promise<OAuthToken> {
    const token = this.#tokens.find(matches)
    if (!token) throw new Error('there is no such token')
    return token
  }
}

async function startJmondi(): Promise<RunningProvider<App>> {
  const store = new TokenStore()
  const jwt = new JwtService(randomUUID())
  const authorization = createAuthorizationServer(store, jwt)
  const server = await serve(() =>
    webListener(async (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/me') return userInfoResponse(request, store, jwt)
      try {
        const oauthRequest = await requestFromVanilla(request)
        if (pathname === '/token')
          return responseToVanilla(await authorization.respondToAccessTokenRequest(oauthRequest))
        if (pathname === '/token/revoke') return responseToVanilla(await authorization.revoke(oauthRequest))
        return responseToVanilla(await authorization.introspect(oauthRequest))
      } catch (error) {
        return responseToVanilla(handleVanillaError(error))
      }
    }),
  )
  const { origin } = server
  const party = (app: App): RelyingParty => ({
    id: app,
    auth: SECRETS[app] === undefined ? oauth.None() : oauth.ClientSecretPost(SECRETS[app]),
  })
  const refresh: RunningProvider<App>['refresh'] = (app, refreshToken) =>
    requestTokens(origin, `${origin}/token`, party(app), 'refresh_token', { refresh_token: refreshToken })
  return {
    ...server,
    clientOptions: (app) => ({
      endpoints: { revocation: `${origin}/token/revoke`, introspection: `${origin}/token/introspect` },
      appId: app,
      appSecret: SECRETS[app],
    }),
    signIn: (app) =>
      requestTokens(origin, `${origin}/token`, party(app), 'password', { username: 'alice', password: 'any' }),
    refresh,
    probes: (app, { accessToken, refreshToken }) => [
      userInfo(`${origin}/me`, accessToken),
      refreshGrant(() => refresh(app, refreshToken)),
    ],
  }
}

function createAuthorizationServer(store: TokenStore, jwt: JwtService): AuthorizationServer {
  const clients = Object.entries(SECRETS).map(
    ([id, secret]): OAuthClient => ({
      id,
      name: id,
      secret: secret ?? null,
      redirectUris: [],
      allowedGrants: ['password', 'refresh_token', 'client_credentials'],
      scopes: [],
    }),
  )
  const server = new AuthorizationServer(
    {
      getByIdentifier: async (id) => clients.find((client) => client.id === id) as OAuthClient,
      isClientValid: async (_grant, client, secret) => client.secret === null || client.secret === secret,
    },
    store,
    { getAllByIdentifiers: async () => [], finalize: async (scopes) => scopes },
    jwt,
  )
  const userRepository = { getUserByCredentials: async (id: string | number) => ({ id }) }
  server.enableGrantTypes('client_credentials', 'refresh_token', { grant: 'password', userRepository })
  return server
}

async function userInfoResponse(request: Request, store: TokenStore, jwt: JwtService): Promise<Response> {
  const claims = await jwt.verify(request.headers.get('authorization')?.slice('Bearer '.length) ?? '')
  const { accessTokenExpiresAt, user } = await store.getByAccessToken(String(claims.jti))
  return accessTokenExpiresAt.getTime() > Date.now()
    ? Response.json({ sub: user?.id })
    : Response.json({ error: 'invalid_token' }, { status: 401 })
}

const REVOKED = { report: 'true, accepted', tokens: fate('inactive', 'inactive') } as const
const VERIFIED = { report: 'true, verified', tokens: fate('inactive', 'inactive') } as const
/** It returns success, does nothing, and shows no sign of it in the response. */
const BELIEVED = { report: 'true, accepted', tokens: fate('works', 'works') } as const
const UNVERIFIED = { report: 'throws unverified, accepted', tokens: fate('works', 'works') } as const

const basic = { configuration: 'client_secret_basic', app: 'confidential' } as const
const wrongSecret = {
  configuration: 'client_secret_basic, wrong secret',
  app: 'confidential',
  options: { appSecret: 'not the secret' },
} as const
const special = {
  configuration: 'client_secret_basic, secret with characters that must be encoded',
  app: 'special',
} as const
const others = {
  configuration: "client_secret_basic; another client's token",
  app: 'confidential',
  tokensOf: 'public',
} as const

export const jmondi: InteropSuite<App> = {
  name: '@jmondi/oauth2-server',
  setting: 'JWT access and refresh tokens, a store as in its guide; it has no metadata, so the client has `endpoints`',
  start: startJmondi,
  scenarios: [
    { ...basic, ...revokeAccessToken, ...REVOKED },
    {
      configuration: 'client_secret_post',
      app: 'confidential',
      options: { clientAuth: 'client_secret_post' },
      ...revokeAccessToken,
      ...REVOKED,
    },
    { configuration: 'none (public client)', app: 'public', ...revokeAccessToken, ...REVOKED },
    { ...basic, ...revokeAccessTokenWithWrongHint, ...REVOKED },
    { ...basic, ...revokeRefreshTokenWithHint, ...REVOKED },
    { ...basic, ...revokeRefreshToken, ...BELIEVED },
    { ...basic, ...verifyRefreshToken, ...UNVERIFIED },
    { ...basic, ...verifyAccessToken, ...VERIFIED },
    {
      ...basic,
      ...logoutSession,
      report: 'true, refresh_token accepted, access_token accepted',
      tokens: fate('inactive', 'inactive'),
    },
    {
      ...basic,
      ...verifySession,
      report: 'true, refresh_token verified, access_token verified',
      tokens: fate('inactive', 'inactive'),
    },
    { ...wrongSecret, ...revokeAccessToken, ...BELIEVED },
    { ...wrongSecret, ...verifyAccessToken, ...UNVERIFIED },
    { ...special, ...revokeAccessToken, ...BELIEVED },
    { ...special, ...verifyAccessToken, ...UNVERIFIED },
    {
      configuration: 'client_secret_post, secret with characters that must be encoded',
      app: 'special',
      options: { clientAuth: 'client_secret_post' },
      ...verifyAccessToken,
      ...VERIFIED,
    },
    { ...others, ...revokeAccessToken, ...BELIEVED },
    { ...others, ...verifyAccessToken, report: 'false, live', tokens: fate('works', 'works') },
    { ...basic, ...revokeUnknownToken, ...NO_TOKEN, report: 'true, accepted' },
  ],
}
