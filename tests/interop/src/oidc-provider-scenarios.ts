import { createLogoutClient } from '@backend-logout/core'
import { privateKeyJwt } from '@backend-logout/core/jwt'
import { generateKeyPair } from 'jose'
import {
  discover,
  introspectAccessToken,
  logoutSession,
  revokeAccessToken,
  revokeAccessTokenWithWrongHint,
  revokeEarlierRefreshToken,
  revokeIdToken,
  revokeRefreshToken,
  revokeUnknownToken,
  verifyAccessToken,
  verifyRefreshToken,
  verifySession,
  verifyUnknownToken,
} from './calls.ts'
import { startOidcProvider } from './oidc-provider.ts'
import { createOidcApps, type OidcAppName } from './oidc-provider-apps.ts'
import { fate, type InteropSuite, NO_TOKEN, type Scenario } from './scenario.ts'

/** Revoking either token ends the whole grant. */
const REVOKED = { report: 'true, accepted', tokens: fate('inactive', 'inactive') } as const
const VERIFIED = { report: 'true, verified', tokens: fate('inactive', 'inactive') } as const
const REFUSED = { report: 'throws client_auth_failed, live', tokens: fate('works', 'works') } as const

const basic = { configuration: 'client_secret_basic', app: 'basic' } as const
const publicClient = { configuration: 'none (public client)', app: 'none' } as const

const authentication: Scenario<OidcAppName>[] = [
  {
    ...basic,
    configuration: 'client_secret_basic, id and secret with characters that must be encoded',
    ...revokeAccessToken,
    ...REVOKED,
  },
  { configuration: 'client_secret_post', app: 'post', ...revokeAccessToken, ...REVOKED },
  {
    configuration:
      'client_secret_post; `clientAuth` is not set, and the metadata lists no methods, so the client uses Basic',
    app: 'post',
    options: { clientAuth: undefined },
    ...revokeAccessToken,
    ...REVOKED,
  },
  { ...publicClient, ...revokeAccessToken, ...REVOKED },
  { configuration: 'private_key_jwt (ES256)', app: 'privateKeyJwt', ...revokeAccessToken, ...REVOKED },
  { configuration: 'private_key_jwt (ES256)', app: 'privateKeyJwt', ...verifyAccessToken, ...VERIFIED },
  { configuration: 'client_secret_jwt (HS256)', app: 'clientSecretJwt', ...revokeAccessToken, ...REVOKED },
  { configuration: 'client_secret_jwt (HS256)', app: 'clientSecretJwt', ...verifyAccessToken, ...VERIFIED },
  {
    ...basic,
    configuration: 'client_secret_basic, wrong secret',
    options: { appSecret: 'not the secret' },
    ...revokeAccessToken,
    ...REFUSED,
  },
  {
    configuration: 'client_secret_post, wrong secret',
    app: 'post',
    options: { appSecret: 'not the secret' },
    ...revokeAccessToken,
    ...REFUSED,
  },
  {
    configuration: 'private_key_jwt, wrong key',
    app: 'privateKeyJwt',
    options: { clientAuth: privateKeyJwt((await generateKeyPair('ES256')).privateKey, { kid: 'app' }) },
    ...revokeAccessToken,
    ...REFUSED,
  },
  {
    ...basic,
    configuration: 'client_secret_basic, but the client says that it is public',
    options: { clientAuth: 'none' },
    ...revokeAccessToken,
    ...REFUSED,
  },
]

const tokens: Scenario<OidcAppName>[] = [
  { ...basic, ...revokeRefreshToken, ...REVOKED },
  { ...basic, ...revokeAccessTokenWithWrongHint, ...REVOKED },
  { ...basic, ...verifyAccessToken, ...VERIFIED },
  { ...basic, ...verifyRefreshToken, ...VERIFIED },
  { ...publicClient, ...verifyAccessToken, ...VERIFIED },
  {
    ...basic,
    configuration: 'client_secret_basic; already revoked',
    ...revokeAccessToken,
    async arrange(provider, tokens) {
      await createLogoutClient(provider.clientOptions('basic')).revokeToken(tokens.accessToken)
      return tokens
    },
    probes: (provider, tokens) =>
      provider.probes('basic', tokens).map((probe) => (probe.before ? { ...probe, before: 'inactive' } : probe)),
    ...REVOKED,
  },
  { ...basic, ...revokeUnknownToken, ...NO_TOKEN, report: 'true, accepted' },
  { ...basic, ...verifyUnknownToken, ...NO_TOKEN, report: 'throws unverified, accepted' },
  {
    ...basic,
    configuration: "client_secret_basic; another client's token",
    tokensOf: 'post',
    ...revokeAccessToken,
    report: 'throws rejected, live',
    tokens: fate('works', 'works'),
  },
  {
    ...publicClient,
    configuration: "none (public client); another client's token",
    tokensOf: 'post',
    ...revokeAccessToken,
    report: 'true, accepted',
    tokens: fate('works', 'works'),
  },
  {
    ...publicClient,
    configuration: "none (public client); another client's token",
    tokensOf: 'post',
    ...verifyAccessToken,
    report: 'throws unverified, accepted',
    tokens: fate('works', 'works'),
  },
  {
    ...basic,
    configuration: 'client_secret_basic; rotated, this is the latest',
    ...revokeRefreshToken,
    arrange: (provider, { refreshToken }) => provider.refresh('basic', refreshToken),
    ...REVOKED,
  },
  {
    ...basic,
    configuration: 'client_secret_basic; rotated, this is the previous one',
    ...revokeEarlierRefreshToken,
    arrange: async (provider, { refreshToken: earlierRefreshToken }) => ({
      ...(await provider.refresh('basic', earlierRefreshToken)),
      earlierRefreshToken,
    }),
    ...REVOKED,
  },
  {
    ...basic,
    ...revokeIdToken,
    report: 'throws invalid_argument, live',
    tokens: fate('works', 'works'),
  },
  {
    ...basic,
    ...logoutSession,
    report: 'true, refresh_token accepted, access_token accepted, logout URL',
    tokens: fate('inactive', 'inactive'),
  },
  {
    ...basic,
    ...verifySession,
    report: 'true, refresh_token verified, access_token verified, logout URL',
    tokens: fate('inactive', 'inactive'),
  },
  { ...basic, ...introspectAccessToken, report: 'active true', tokens: fate('works', 'works') },
  { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'revocation endpoint' },
]

/** Both endpoints are on, and access tokens have the default format. */
export const opaqueTokens: InteropSuite<OidcAppName> = {
  name: 'oidc-provider',
  setting: 'opaque access tokens, revocation and introspection on, issuer without a path',
  start: async () =>
    startOidcProvider({
      apps: await createOidcApps(),
      features: { revocation: { enabled: true }, introspection: { enabled: true } },
    }),
  scenarios: [...authentication, ...tokens],
}

/** Access tokens that are JWTs, which this provider refuses at its endpoints. */
export const jwtTokens: InteropSuite<OidcAppName> = {
  name: 'oidc-provider',
  setting: 'JWT access tokens, revocation and introspection on, issuer with a path',
  start: async () =>
    startOidcProvider({
      apps: await createOidcApps(),
      path: '/tenants/one',
      accessTokens: 'jwt',
      features: { revocation: { enabled: true }, introspection: { enabled: true } },
    }),
  scenarios: [
    {
      ...basic,
      ...revokeAccessToken,
      report: 'throws unsupported_token_type, unsupported',
      tokens: fate('works', 'works', 'signature'),
    },
    {
      ...basic,
      ...verifyAccessToken,
      report: 'throws unsupported_token_type, unsupported',
      tokens: fate('works', 'works', 'signature'),
    },
    { ...basic, ...revokeRefreshToken, report: 'true, accepted', tokens: fate('works', 'inactive', 'signature') },
    {
      ...basic,
      ...logoutSession,
      report: 'false, refresh_token accepted, access_token unsupported (unsupported_token_type), logout URL',
      tokens: fate('works', 'inactive', 'signature'),
    },
    {
      ...basic,
      ...introspectAccessToken,
      report: 'throws unsupported_token_type',
      tokens: fate('works', 'works', 'signature'),
    },
    { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'revocation endpoint' },
  ],
}

/** Neither endpoint, which is the default. */
export const asItComes: InteropSuite<OidcAppName> = {
  name: 'oidc-provider',
  setting: 'as it comes: revocation and introspection off',
  start: async () => startOidcProvider({ apps: await createOidcApps() }),
  scenarios: [
    {
      ...basic,
      ...revokeAccessToken,
      report: 'throws endpoint_missing, unsupported',
      tokens: fate('works', 'works'),
    },
    {
      ...basic,
      ...logoutSession,
      report:
        'false, refresh_token unsupported (endpoint_missing), access_token unsupported (endpoint_missing), logout URL',
      tokens: fate('works', 'works'),
    },
    { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'no revocation endpoint' },
  ],
}

/** Revocation without a way to verify it. */
export const withoutIntrospection: InteropSuite<OidcAppName> = {
  name: 'oidc-provider',
  setting: 'opaque access tokens, revocation on, introspection off',
  start: async () => startOidcProvider({ apps: await createOidcApps(), features: { revocation: { enabled: true } } }),
  scenarios: [
    { ...basic, ...verifyAccessToken, report: 'throws unverified, accepted', tokens: fate('inactive', 'inactive') },
    { ...basic, ...introspectAccessToken, report: 'throws endpoint_missing', tokens: fate('works', 'works') },
  ],
}
