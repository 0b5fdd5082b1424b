import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import type { ClientOptions, LogoutClientOptions, ProviderLocation } from './options.ts'

/** Options of which any may be left to the environment. */
export type PartialClientOptions = (ProviderLocation | { readonly protocol?: 'oidc' | 'oauth' }) &
  Partial<ClientOptions>

/** Where {@link optionsFromEnvironment} looks. */
export interface EnvironmentSource {
  /** Gives the value of a variable. One that is empty counts as not set, and white space around it is dropped. */
  readonly read: (name: string) => string | undefined
  /** Gives the text of the file that `AUTHING_APP_SECRET_FILE` names. Without it, that variable is not read. */
  readonly readFile?: (path: string) => string
  /** Whether the application authenticates by a certificate, and needs no secret. */
  readonly hasCertificate?: boolean
}

/** The options that a variable of its own can give. */
const VARIABLES = {
  appId: 'AUTHING_APP_ID',
  appSecret: 'AUTHING_APP_SECRET',
  appHost: 'AUTHING_APP_HOST',
  issuer: 'AUTHING_APP_ISSUER',
  protocol: 'AUTHING_APP_PROTOCOL',
  clientAuth: 'AUTHING_APP_CLIENT_AUTH',
  redirectUri: 'AUTHING_APP_REDIRECT_URI',
  logoutRedirectUri: 'AUTHING_APP_LOGOUT_REDIRECT_URI',
} as const
const SECRET_FILE = 'AUTHING_APP_SECRET_FILE'
const ENDPOINT_HOSTS = 'AUTHING_APP_ENDPOINT_HOSTS'

/** The names of all variables that {@link optionsFromEnvironment} may read. */
export function environmentVariables(): string[] {
  return [...Object.values(VARIABLES), SECRET_FILE, ENDPOINT_HOSTS]
}

/**
 * Completes options from environment variables, for runtimes whose package does not do that by itself. The options come
 * first.
 *
 * | variable | option |
 * |---|---|
 * | `AUTHING_APP_ID` | `appId`; needed |
 * | `AUTHING_APP_SECRET`, or `AUTHING_APP_SECRET_FILE`, the name of a file that holds it | `appSecret`; needed unless the client authenticates by other means |
 * | `AUTHING_APP_HOST`, or `AUTHING_APP_ISSUER` for providers other than GenAuth | `appHost`, `issuer`; exactly one of them is needed |
 * | `AUTHING_APP_ENDPOINT_HOSTS` | `endpointHosts`, separated by commas; only with an issuer |
 * | `AUTHING_APP_PROTOCOL` | `protocol`: `oidc` or `oauth` |
 * | `AUTHING_APP_CLIENT_AUTH` | `clientAuth`: the name of a method, such as `client_secret_basic`; `none` for a public client |
 * | `AUTHING_APP_REDIRECT_URI` | `redirectUri` |
 * | `AUTHING_APP_LOGOUT_REDIRECT_URI` | `logoutRedirectUri` |
 *
 * @param options Anything that the environment does not say, or says differently.
 * @throws LogoutError `invalid_options`, naming the variable that is missing; and whatever the source throws
 * @example
 * ```ts
 * import { createLogoutClient, optionsFromEnvironment } from '@backend-logout/core'
 *
 * const client = createLogoutClient(optionsFromEnvironment({ read: (name) => process.env[name] }))
 * ```
 */
export function optionsFromEnvironment<O extends PartialClientOptions>(
  { read, readFile, hasCertificate = false }: EnvironmentSource,
  options?: O,
): O & LogoutClientOptions {
  const value = (name: string): string | undefined => read(name)?.trim() || undefined
  const merged: Record<string, unknown> = { ...options }
  const located = ['appHost', 'issuer', 'endpoints'].some((name) => merged[name] !== undefined)
  for (const [option, variable] of Object.entries(VARIABLES)) {
    // Where the provider is gets decided in one place: an option for it silences all variables for it.
    if (!(located && (option === 'appHost' || option === 'issuer'))) merged[option] ??= value(variable)
  }
  if (merged.issuer !== undefined) merged.endpointHosts ??= value(ENDPOINT_HOSTS)?.split(/[\s,]+/)
  const { appId, appSecret, appHost, issuer, endpoints, clientAuth } = merged
  const file = readFile && options?.appSecret === undefined ? value(SECRET_FILE) : undefined
  if (file) {
    if (appSecret !== undefined)
      throw new LogoutError('invalid_options', `Set only one of AUTHING_APP_SECRET and ${SECRET_FILE}.`)
    merged.appSecret = readFile?.(file).trim() || invalidOption(SECRET_FILE, 'names a file that is empty.')
  }
  if (!located && appHost && issuer) {
    throw new LogoutError('invalid_options', 'Set only one of AUTHING_APP_HOST and AUTHING_APP_ISSUER.')
  }

  if (appId === undefined) invalidOption('AUTHING_APP_ID', "is not set: the application's id.")
  if (!(appHost ?? issuer ?? endpoints)) {
    invalidOption(
      'AUTHING_APP_HOST',
      "is not set: the application's address at GenAuth. Set AUTHING_APP_ISSUER for others.",
    )
  }
  const secretless = hasCertificate || (clientAuth !== undefined && !String(clientAuth).startsWith('client_secret_'))
  if (merged.appSecret === undefined && !secretless) {
    invalidOption(
      'AUTHING_APP_SECRET',
      'is not set. For a public client, which has none, set AUTHING_APP_CLIENT_AUTH to none.',
    )
  }
  return merged as unknown as O & LogoutClientOptions
}
