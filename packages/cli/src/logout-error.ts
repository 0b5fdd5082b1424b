import { ERROR_MEANING, type LogoutError, type LogoutErrorCode } from '@backend-logout/node'

/** What the options of the library are called on the command line. */
const NAMES: Readonly<Record<string, string>> = {
  appId: 'AUTHING_APP_ID',
  appSecret: 'AUTHING_APP_SECRET',
  appHost: 'AUTHING_APP_HOST',
  issuer: 'AUTHING_APP_ISSUER',
  protocol: 'AUTHING_APP_PROTOCOL',
  clientAuth: 'AUTHING_APP_CLIENT_AUTH',
  endpointHosts: 'AUTHING_APP_ENDPOINT_HOSTS',
  metadataUrl: 'AUTHING_APP_METADATA_URL',
  alreadyInvalidErrors: 'AUTHING_APP_ALREADY_INVALID_ERRORS',
  allowInsecureHttp: 'AUTHING_APP_ALLOW_INSECURE_HTTP',
  logoutRedirectUri: 'AUTHING_APP_LOGOUT_REDIRECT_URI',
  redirectUri: '--redirect-uri',
  idToken: '--id-token-file',
  state: '--state',
  kind: '--kind',
  tokenTypeHint: '--token-type-hint',
}

/** Advice that names options. */
const ADVICE: Partial<Record<LogoutErrorCode, string>> = {
  client_auth_failed: 'Check AUTHING_APP_ID, AUTHING_APP_SECRET and AUTHING_APP_CLIENT_AUTH.',
  discovery_failed: 'Set AUTHING_APP_ISSUER exactly as the provider states it.',
  unverified: 'Treat the token as active.',
}

/** Describes an error of the library with the names of the command line. */
export function describeLogoutError({ code, message, option }: LogoutError): string {
  const own = message.replace(ERROR_MEANING[code].advice, (advice) => ADVICE[code] ?? advice)
  const name = option === undefined ? undefined : NAMES[option]
  return name === undefined ? own : own.replace(new RegExp(`\\b${option}\\b`, 'g'), name)
}
