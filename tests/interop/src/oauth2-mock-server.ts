import { OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server'
import * as oauth from 'oauth4webapi'
import {
  discover,
  introspectAccessToken,
  logoutSession,
  revokeAccessToken,
  revokeUnknownToken,
  verifyAccessToken,
  verifySession,
} from './calls.ts'
import { serve } from './loopback-server.ts'
import { type RelyingParty, refreshGrant, requestTokens, signature } from './relying-party.ts'
import { fate, type InteropSuite, NO_TOKEN, type RunningProvider } from './scenario.ts'

type App = 'basic'

const APP: RelyingParty = { id: 'app', auth: oauth.ClientSecretBasic('any secret will do') }

async function startMockServer(): Promise<RunningProvider<App>> {
  const issuer = new OAuth2Issuer()
  await issuer.keys.generate('RS256')
  const service = new OAuth2Service(issuer)
  const server = await serve((origin) => {
    issuer.url = origin
    return service.requestHandler
  })
  const { origin } = server
  const refresh: RunningProvider<App>['refresh'] = (_app, refreshToken) =>
    requestTokens(origin, `${origin}/token`, APP, 'refresh_token', { refresh_token: refreshToken })
  return {
    ...server,
    clientOptions: () => ({ issuer: origin, appId: APP.id, appSecret: 'any secret will do' }),
    signIn: () =>
      requestTokens(origin, `${origin}/token`, APP, 'password', {
        username: 'alice',
        password: 'any',
        scope: 'openid',
      }),
    refresh,
    probes: (app, { accessToken, refreshToken }) => [
      signature(`${origin}/jwks`, accessToken),
      refreshGrant(() => refresh(app, refreshToken)),
    ],
  }
}

const basic = {
  configuration: 'client_secret_basic',
  app: 'basic',
  tokens: fate('works', 'works', 'signature'),
} as const

export const oauth2MockServer: InteropSuite<App> = {
  name: 'oauth2-mock-server',
  setting: 'JWT access tokens; every response is a success, and nothing is stored',
  start: startMockServer,
  scenarios: [
    { ...basic, ...revokeAccessToken, report: 'true, accepted' },
    { ...basic, ...verifyAccessToken, report: 'false, live' },
    { ...basic, ...logoutSession, report: 'true, refresh_token accepted, access_token accepted, logout URL' },
    {
      ...basic,
      ...verifySession,
      report: 'false, refresh_token live (unverified), access_token live (unverified), logout URL',
    },
    { ...basic, ...revokeUnknownToken, ...NO_TOKEN, report: 'true, accepted' },
    { ...basic, ...introspectAccessToken, report: 'active true' },
    { ...basic, configuration: 'metadata', ...discover, ...NO_TOKEN, report: 'revocation endpoint' },
  ],
}
