import { ENVIRONMENT_VARIABLES, ERROR_MEANING, type LogoutError, type LogoutErrorCode } from '@backend-logout/node'

/** The command line's names for the options of the library. */
const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ENVIRONMENT_VARIABLES).flatMap(([name, { option }]) => [[option, name]])),
  // A variable for the value itself, if there is also one for a file.
  appSecret: 'AUTHING_APP_SECRET',
  clientAuth: 'AUTHING_APP_CLIENT_AUTH',
  // Options of the functions that sign assertions.
  'privateKeyJwt.key': 'AUTHING_APP_PRIVATE_KEY_FILE',
  'clientSecretJwt.secret': 'AUTHING_APP_SECRET',
  'clientSecretJwt.alg': 'AUTHING_APP_PRIVATE_KEY_ALG',
  audience: 'AUTHING_APP_ASSERTION_AUDIENCE',
  redirectUri: '--redirect-uri',
  idToken: '--id-token-file',
  state: '--state',
  kind: '--kind',
  extraParameters: '--parameter',
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
  const named = name === undefined ? own : own.replace(new RegExp(`\\b${option?.replaceAll('.', '\\.')}\\b`, 'g'), name)
  // The advice about a token names an option unrelated to the error.
  return named.replace(/\btokenTypeHint\b/g, '--token-type-hint')
}
