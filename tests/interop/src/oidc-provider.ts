import type { IncomingMessage, RequestListener } from 'node:http'
import type { ServerOptions } from 'node:https'
import type { ClientOptions, LogoutClientOptions } from '@backend-logout/core'
import { exportJWK, generateKeyPair } from 'jose'
import { type ClientMetadata, type Configuration, Provider } from 'oidc-provider'
import type { TlsOptions } from './clients.ts'
import { serve } from './loopback-server.ts'
import { type RelyingParty, refreshGrant, requestTokens, signature, userInfo } from './relying-party.ts'
import type { RunningProvider } from './scenario.ts'

/** An application that is registered at `oidc-provider`. */
export interface OidcApp extends RelyingParty {
  /** Its registration. */
  readonly metadata: ClientMetadata
  /** The options that its logout client needs in addition to the issuer. */
  readonly options: ClientOptions
  readonly tls?: TlsOptions
}

/** Options of `oidc-provider`. */
export interface OidcProviderSettings<App extends string> {
  readonly apps: Readonly<Record<App, OidcApp>>
  /** The path of the issuer, such as `/tenants/one`. */
  readonly path?: string
  readonly accessTokens?: 'opaque' | 'jwt'
  readonly features?: Configuration['features']
  /** Serves https. */
  readonly tls?: ServerOptions
  /** Serves a second address for clients with a certificate, which the metadata names in `mtls_endpoint_aliases`. */
  readonly aliasTls?: ServerOptions
}

/** The address to which users return; every application registers it. */
export const REDIRECT_URI = 'https://app.example.com/callback'

const RESOURCE = 'https://api.example.com'
const SCOPE = 'openid offline_access api'

/** Starts `oidc-provider`. Consent is created in its store; everything else happens over HTTP. */
export async function startOidcProvider<App extends string>(
  settings: OidcProviderSettings<App>,
): Promise<RunningProvider<App>> {
  const { apps, path = '', accessTokens, tls, aliasTls } = settings
  const jwks = { keys: [await signingKey()] } as NonNullable<Configuration['jwks']>
  let listener: RequestListener = () => {}
  let provider = {} as Provider
  const aliases = aliasTls && (await serve(() => (request, response) => listener(request, response), aliasTls))
  const server = await serve((origin) => {
    provider = new Provider(origin + path, configure(settings, jwks, aliases?.origin))
    listener = mount(path, provider.callback() as RequestListener)
    return listener
  }, tls)
  const issuer = server.origin + path
  const tokenEndpoint = `${aliases?.origin ?? server.origin}${path}/token`
  const refresh: RunningProvider<App>['refresh'] = (app, refreshToken) =>
    requestTokens(issuer, tokenEndpoint, apps[app], 'refresh_token', { refresh_token: refreshToken })

  return {
    exchanges: () => [...server.exchanges(), ...(aliases?.exchanges() ?? [])],
    forget: () => {
      server.forget()
      aliases?.forget()
    },
    clientOptions: (app): LogoutClientOptions => ({ issuer, ...apps[app].options }),
    ...(aliases && { tls: (app: App) => apps[app].tls as TlsOptions }),
    async signIn(app) {
      const code = await issueCode(provider, apps[app].id, accessTokens === 'jwt')
      return requestTokens(issuer, tokenEndpoint, apps[app], 'authorization_code', { code, redirect_uri: REDIRECT_URI })
    },
    refresh,
    probes: (app, { accessToken, refreshToken }) => [
      accessTokens === 'jwt'
        ? signature(`${issuer}/jwks`, accessToken)
        : userInfo(`${issuer}/me`, accessToken, apps[app].fetch),
      refreshGrant(() => refresh(app, refreshToken)),
    ],
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await aliases?.[Symbol.asyncDispose]()
    },
  }
}

async function signingKey(): Promise<object> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'signing' }
}

async function issueCode(provider: Provider, clientId: string, forResource: boolean): Promise<string> {
  const client = await provider.Client.find(clientId)
  const grant = new provider.Grant({ clientId, accountId: 'alice' })
  grant.addOIDCScope(SCOPE)
  grant.addResourceScope(RESOURCE, 'api')
  const code = new provider.AuthorizationCode({
    client,
    accountId: 'alice',
    grantId: await grant.save(),
    gty: 'authorization_code',
    redirectUri: REDIRECT_URI,
    scope: SCOPE,
    ...(forResource && { resource: RESOURCE }),
  } as never)
  return code.save()
}

function mount(path: string, listener: RequestListener): RequestListener {
  return (request: IncomingMessage & { originalUrl?: string }, response) => {
    if (!request.url?.startsWith(path)) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>')
      return
    }
    // By comparing the two, oidc-provider determines where it is mounted.
    request.originalUrl = request.url
    request.url = request.url.slice(path.length)
    listener(request, response)
  }
}

function configure<App extends string>(
  { apps, accessTokens, features }: OidcProviderSettings<App>,
  jwks: NonNullable<Configuration['jwks']>,
  aliasOrigin: string | undefined,
): Configuration {
  const clients = Object.values<OidcApp>(apps).map(({ metadata }) => metadata)
  return {
    clients,
    jwks,
    cookies: { keys: ['signs cookies that nobody gets'] },
    scopes: ['openid', 'offline_access', 'api'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: clients.map((client) => client.token_endpoint_auth_method as never),
    pkce: { required: () => false },
    rotateRefreshToken: true,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    discovery: aliasOrigin ? { mtls_endpoint_aliases: mutualTlsAliases(aliasOrigin) } : {},
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: accessTokens === 'jwt',
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'api',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      ...features,
    },
  }
}

function mutualTlsAliases(origin: string): Record<string, string> {
  return {
    token_endpoint: `${origin}/token`,
    revocation_endpoint: `${origin}/token/revocation`,
    introspection_endpoint: `${origin}/token/introspection`,
  }
}
