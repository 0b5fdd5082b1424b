import { type BetterAuthApp, startBetterAuth } from './better-auth.ts'
import {
  discover,
  introspectAccessToken,
  logoutSession,
  revokeAccessToken,
  revokeAccessTokenWithHint,
  revokeAccessTokenWithWrongHint,
  revokeRefreshToken,
  revokeUnknownToken,
  verifyAccessToken,
  verifyRefreshToken,
  verifySession,
} from './calls.ts'
import { fate, type InteropSuite, NO_TOKEN } from './scenario.ts'

const REVOKED = { report: 'true, accepted', tokens: fate('inactive', 'works') } as const
const UNHARMED = { tokens: fate('works', 'works') } as const
const UNSUPPORTED = {
  report: 'throws unsupported_token_type, unsupported',
  tokens: fate('works', 'works', 'signature'),
} as const

const basic = { configuration: 'client_secret_basic', app: 'basic' } as const
const publicClient = { configuration: 'none (public client)', app: 'none' } as const
const others = {
  configuration: "client_secret_basic; another client's token",
  app: 'basic',
  tokensOf: 'post',
} as const

export const betterAuthOpaque: InteropSuite<BetterAuthApp> = {
  name: '@better-auth/oauth-provider',
  setting: 'opaque access tokens, issuer with a path, OpenID metadata',
  start: () => startBetterAuth({ accessTokens: 'opaque', openid: true }),
  scenarios: [
    { ...basic, ...revokeAccessToken, ...REVOKED },
    { configuration: 'client_secret_post', app: 'post', ...revokeAccessToken, ...REVOKED },
    { ...publicClient, ...revokeAccessToken, ...REVOKED },
    {
      configuration: 'none (public client); `clientAuth` is not set, and the metadata does not list this method',
      app: 'none',
      options: { clientAuth: undefined },
      ...revokeAccessToken,
      ...REVOKED,
    },
    { configuration: 'private_key_jwt (ES256)', app: 'privateKeyJwt', ...revokeAccessToken, ...REVOKED },
    {
      configuration: 'client_secret_basic, wrong secret',
      app: 'basic',
      options: { appSecret: 'not the secret' },
      ...revokeAccessToken,
      report: 'throws client_auth_failed, live',
      ...UNHARMED,
    },
    { ...basic, ...revokeAccessTokenWithHint, ...REVOKED },
    { ...basic, ...revokeAccessTokenWithWrongHint, report: 'throws rejected, live', ...UNHARMED },
    { ...basic, ...revokeRefreshToken, report: 'true, accepted', tokens: fate('inactive', 'inactive') },
    { ...basic, ...verifyAccessToken, report: 'true, verified', tokens: fate('inactive', 'works') },
    { ...basic, ...verifyRefreshToken, report: 'true, verified', tokens: fate('inactive', 'inactive') },
    { ...publicClient, ...verifyAccessToken, report: 'throws unverified, accepted', tokens: fate('inactive', 'works') },
    {
      ...basic,
      ...logoutSession,
      report: 'false, refresh_token accepted, access_token live (rejected), logout URL',
      tokens: fate('inactive', 'inactive'),
    },
    {
      ...basic,
      ...verifySession,
      report: 'true, refresh_token verified, access_token verified, logout URL',
      tokens: fate('inactive', 'inactive'),
    },
    { ...basic, ...revokeUnknownToken, ...NO_TOKEN, report: 'throws rejected, live' },
    { ...others, ...revokeAccessToken, report: 'true, accepted', ...UNHARMED },
    { ...others, ...verifyAccessToken, report: 'throws unverified, accepted', ...UNHARMED },
    { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'revocation endpoint' },
  ],
}

export const betterAuthJwt: InteropSuite<BetterAuthApp> = {
  name: '@better-auth/oauth-provider',
  setting: 'JWT access tokens, issued for a resource',
  start: () => startBetterAuth({ accessTokens: 'jwt', openid: true }),
  scenarios: [
    { ...basic, ...revokeAccessToken, ...UNSUPPORTED },
    { ...basic, ...verifyAccessToken, ...UNSUPPORTED },
    {
      ...basic,
      ...logoutSession,
      report: 'false, refresh_token accepted, access_token unsupported (unsupported_token_type), logout URL',
      tokens: fate('works', 'inactive', 'signature'),
    },
    { ...basic, ...introspectAccessToken, report: 'active true', tokens: fate('works', 'works', 'signature') },
  ],
}

/** Its metadata is only at the address of RFC 8414: between host and path of the issuer. */
export const betterAuthOAuth: InteropSuite<BetterAuthApp> = {
  name: '@better-auth/oauth-provider',
  setting: 'plain OAuth without OpenID, issuer with a path',
  start: () => startBetterAuth({ accessTokens: 'opaque', openid: false }),
  scenarios: [
    { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'revocation endpoint' },
    { ...basic, ...revokeAccessToken, report: 'true, accepted', tokens: fate('inactive', 'works', 'introspection') },
    {
      ...basic,
      ...verifySession,
      report: 'true, refresh_token verified, access_token verified',
      tokens: fate('inactive', 'inactive', 'introspection'),
    },
  ],
}
