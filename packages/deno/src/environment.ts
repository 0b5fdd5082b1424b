import { type ClientOptions, LogoutError, type ProviderLocation } from '@backend-logout/core'
import { createLogoutClient, type DenoLogoutClient, type DenoLogoutClientOptions } from './client.ts'
import { explainRefusal } from './permission.ts'
import type { DenoConnectionOptions } from './transport.ts'

/** Options of {@link createLogoutClientFromEnv}. Everything that is left out may come from the environment. */
export type EnvironmentOptions = (ProviderLocation | { readonly protocol?: 'oidc' | 'oauth' }) &
  Partial<ClientOptions> &
  DenoConnectionOptions

/**
 * Creates a client from environment variables. Options come first; a variable that is empty counts as not set, and
 * white space around a value is dropped.
 *
 * | variable | option |
 * |---|---|
 * | `AUTHING_APP_ID` | `appId`; needed |
 * | `AUTHING_APP_SECRET`, or `AUTHING_APP_SECRET_FILE`, the name of a file that holds it | `appSecret`; needed unless the client authenticates by other means |
 * | `AUTHING_APP_HOST`, or `AUTHING_APP_ISSUER` for providers other than GenAuth | `appHost`, `issuer`; exactly one of them is needed |
 * | `AUTHING_APP_PROTOCOL` | `protocol`: `oidc` or `oauth` |
 * | `AUTHING_APP_CLIENT_AUTH` | `clientAuth`: the name of a method, such as `client_secret_basic`; `none` for a public client |
 * | `AUTHING_APP_REDIRECT_URI` | `redirectUri` |
 * | `AUTHING_APP_LOGOUT_REDIRECT_URI` | `logoutRedirectUri` |
 *
 * @param options Anything that the environment does not say, or says differently.
 * @throws LogoutError `invalid_options`, naming the variable that is missing or wrong, or the permission that is needed:
 * `--allow-env` with all of these names, and `--allow-read` for the file
 * @example
 * ```ts
 * import { createLogoutClientFromEnv } from '@backend-logout/deno'
 *
 * using client = createLogoutClientFromEnv({ timeoutMs: 5_000 })
 * await client.revokeToken('the access token')
 * ```
 */
export function createLogoutClientFromEnv(options: EnvironmentOptions = {}): DenoLogoutClient {
  return createLogoutClient(withEnvironment(options))
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

function withEnvironment(options: EnvironmentOptions): DenoLogoutClientOptions {
  const merged: Record<string, unknown> = { ...options }
  const located = ['appHost', 'issuer', 'endpoints'].some((name) => merged[name] !== undefined)
  for (const [option, variable] of Object.entries(VARIABLES)) {
    // Where the provider is gets decided in one place: an option for it silences all variables for it.
    if (!(located && (option === 'appHost' || option === 'issuer'))) merged[option] ??= read(variable)
  }
  const { appId, appSecret, appHost, issuer, endpoints, clientAuth, tls } = merged as Partial<DenoLogoutClientOptions>
  const file = options.appSecret === undefined ? read(SECRET_FILE) : undefined
  if (file && appSecret !== undefined) refuse(`Set only one of AUTHING_APP_SECRET and ${SECRET_FILE}.`)
  if (file) merged.appSecret = readSecret(file)
  if (!located && appHost && issuer) refuse('Set only one of AUTHING_APP_HOST and AUTHING_APP_ISSUER.')

  if (appId === undefined) refuse("AUTHING_APP_ID is not set: the application's id.")
  if (!(appHost ?? issuer ?? endpoints)) {
    refuse("AUTHING_APP_HOST is not set: the application's address at GenAuth. Set AUTHING_APP_ISSUER for others.")
  }
  const secretless = tls?.cert ?? (clientAuth !== undefined && !String(clientAuth).startsWith('client_secret_'))
  if (merged.appSecret === undefined && !secretless) {
    refuse('AUTHING_APP_SECRET is not set. For a public client, which has none, set AUTHING_APP_CLIENT_AUTH to none.')
  }
  return merged as unknown as DenoLogoutClientOptions
}

function read(name: string): string | undefined {
  try {
    return Deno.env.get(name)?.trim() || undefined
  } catch (error) {
    throw explainRefusal(
      error,
      'Reading the environment',
      '--allow-env',
      [...Object.values(VARIABLES), SECRET_FILE].join(),
    )
  }
}

function readSecret(file: string): string {
  let secret: string
  try {
    secret = Deno.readTextFileSync(file).trim()
  } catch (error) {
    const refusal = explainRefusal(error, `The file that ${SECRET_FILE} names`, '--allow-read', file)
    if (refusal !== error) throw refusal
    return refuse(`The file that ${SECRET_FILE} names cannot be read: ${(error as Error).name}.`)
  }
  return secret || refuse(`The file that ${SECRET_FILE} names is empty.`)
}

function refuse(message: string): never {
  throw new LogoutError('invalid_options', message)
}
