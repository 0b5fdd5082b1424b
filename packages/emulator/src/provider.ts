/// <reference path="./oidc-provider-parts.d.ts" />
import type { EventEmitter } from 'node:events'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { InvalidRequest } from 'oidc-provider/lib/helpers/errors.js'
import { Provider } from 'oidc-provider/lib/provider.js'
import type { Accounts } from './accounts.ts'
import { type Applications, type AuthMethod, listApplications } from './applications.ts'
import { clientMetadata } from './client-metadata.ts'
import { CookieSignature } from './cookie-signature.ts'
import { PROTOCOL_PATHS } from './endpoints.ts'
import { LOGIN_PATH } from './login.ts'
import { mutualTlsFeature } from './mutual-tls.ts'
import { errorPage } from './pages.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { MemoryStore } from './store.ts'

interface ProviderSettings {
  readonly issuer: string
  readonly applications: Applications
  readonly redirectUris: readonly string[]
  readonly logoutRedirectUris: readonly string[]
  readonly keys: SigningKeys
  readonly cookieKey: string
  readonly store: MemoryStore
  readonly accounts: Accounts
  readonly accessTokenTtl: number
  readonly cascade: boolean
}

const DAY = 24 * 60 * 60

/**
 * Creates the certified provider that implements the protocol.
 *
 * Everything that has a development default is set here, because `oidc-provider` prints a notice for each default it
 * falls back to.
 */
export function createProvider(settings: ProviderSettings): Provider {
  const { applications, store, accounts, cascade } = settings
  const mutualTls = applications.tls !== undefined
  const authMethods = listApplications(applications).map(({ authMethod }) => authMethod)

  const configuration: Configuration = {
    adapter: (model: string) => store.adapter(model),
    clients: listApplications(applications).map((application) => clientMetadata(application, settings)),
    clientAuthMethods: authMethods,
    jwks: { keys: [settings.keys.RS256.jwk, settings.keys.ES256.jwk] } as NonNullable<Configuration['jwks']>,
    cookies: { keys: new CookieSignature(settings.cookieKey) },
    routes: PROTOCOL_PATHS,
    responseTypes: ['code'],
    discovery: discoveryExtras(settings.issuer, authMethods, mutualTls),
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'nickname', 'preferred_username'],
      email: ['email', 'email_verified'],
      phone: ['phone_number', 'phone_number_verified'],
    },
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    ttl: {
      AccessToken: settings.accessTokenTtl,
      AuthorizationCode: 60,
      Grant: 14 * DAY,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * DAY,
      Session: 14 * DAY,
    },
    clientBasedCORS: () => true,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...accounts.find(sub), sub }) }),
    // The dispatcher that it passes refuses loopback addresses, and here there are no others.
    fetch: (url, { dispatcher: _, ...init }: RequestInit & { dispatcher?: unknown } = {}) =>
      globalThis.fetch(url, init),
    interactions: { url: (_ctx, interaction) => `${LOGIN_PATH}${interaction.uid}` },
    loadExistingGrant: grantEverything,
    revokeGrantPolicy: () => true,
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = errorPage(out)
    },
    features: {
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: true },
      // Never shown: the session ends without confirmation. But the default page prints a notice.
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => {
          ctx.body = ''
        },
      },
      introspection: {
        enabled: true,
        // A public application proves nothing, so it may only introspect its own tokens.
        allowedPolicy: (_ctx, client, token) =>
          client.clientAuthMethod !== 'none' || token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => {
          if (token.clientId !== client.clientId) throw new InvalidRequest('this token does not belong to you')
          // Version 9 also revokes the grant of an access token, while version 6 only ends that token. It names the
          // grant by the token's `grantId`, so a token without its grant revokes nothing else.
          if (!cascade && token.kind === 'AccessToken') Reflect.deleteProperty(token, 'grantId')
          return true
        },
      },
      ...(mutualTls ? { mTLS: mutualTlsFeature() } : {}),
    },
  }
  const provider = new Provider(settings.issuer, configuration)
  // Koa prints an error without a listener. Clients that disconnect in the middle are expected here.
  const emitter: EventEmitter = provider
  emitter.on('error', () => {})
  return provider
}

/** Adds GenAuth's members that version 9 omits to the provider's metadata, and RFC 8705's aliases. */
function discoveryExtras(
  issuer: string,
  authMethods: readonly AuthMethod[],
  mutualTls: boolean,
): Record<string, unknown> {
  const aliases = ['token', 'revocation', 'introspection'] as const
  return {
    revocation_endpoint_auth_methods_supported: authMethods,
    introspection_endpoint_auth_methods_supported: authMethods,
    ...(mutualTls
      ? {
          mtls_endpoint_aliases: Object.fromEntries(
            aliases.map((name) => [`${name}_endpoint`, `${issuer}${PROTOCOL_PATHS[name]}`]),
          ),
        }
      : {}),
  }
}

/** Consents to every request of an application: there is no user to confirm it. */
async function grantEverything(ctx: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { provider, session, client, result, params } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant = existing ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  if (typeof params?.scope === 'string') grant.addOIDCScope(params.scope)
  await grant.save()
  return grant
}
