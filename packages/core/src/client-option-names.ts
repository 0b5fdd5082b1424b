import type { EndpointsLocation, LogoutClientOptions } from './options.ts'
import type { Names } from './unknown-option.ts'

/** The options of a client. */
export const CLIENT: Names<LogoutClientOptions> = {
  appId: true,
  appSecret: true,
  appHost: true,
  protocol: true,
  issuer: true,
  metadataUrl: true,
  metadataMaxAgeMs: true,
  endpointHosts: true,
  endpoints: true,
  clientAuth: true,
  alreadyInvalidErrors: true,
  redirectUri: true,
  logoutRedirectUri: true,
  timeoutMs: true,
  deadlineMs: true,
  retries: true,
  logoutDeadlineMs: true,
  headers: true,
  fetch: true,
  transport: true,
  onEvent: true,
  fingerprintKey: true,
  allowInsecureHttp: true,
}

/** The members of `endpoints`. */
export const ENDPOINTS: Names<EndpointsLocation['endpoints']> = {
  revocation: true,
  introspection: true,
  endSession: true,
}

const CLIENT_AUTH = 'use clientAuth, which is for revocation and introspection'
const ELSEWHERE = 'it belongs to @backend-logout/node or @backend-logout/deno'
const SIGN_IN = 'it concerns signing in, which this package does not do'

/** Names of client options in other libraries, especially the official SDKs of GenAuth. */
export const CLIENT_HINTS: Readonly<Record<string, string>> = {
  revocationEndPointAuthMethod: CLIENT_AUTH,
  introspectionEndPointAuthMethod: CLIENT_AUTH,
  tokenEndPointAuthMethod: CLIENT_AUTH,
  timeout: 'use timeoutMs, in milliseconds, for one attempt',
  retryTimes: 'use retries',
  rejectUnauthorized:
    "pass your own authority's certificate as tls.ca of @backend-logout/node; certificates are always checked",
  domain: 'use appHost, with https://',
  host: 'use appHost, with https://',
  secret: 'use appSecret',
  clientId: 'use appId',
  client_id: 'use appId',
  clientSecret: 'use appSecret',
  client_secret: 'use appSecret',
  tls: ELSEWHERE,
  proxy: ELSEWHERE,
  connections: ELSEWHERE,
  pool: ELSEWHERE,
  scope: SIGN_IN,
  serverJWKS: SIGN_IN,
  cookieKey: SIGN_IN,
  userPoolId: SIGN_IN,
}
