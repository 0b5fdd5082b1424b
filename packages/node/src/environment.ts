import { type ClientOptions, isLogoutError, LogoutError, type ProviderLocation } from '@backend-logout/core'
import { createNodeClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
import type { NodeConnectionOptions } from './connection-options.ts'
import type { EnvironmentVariables } from './proxy.ts'

/** Options of {@link createLogoutClientFromEnv}. Everything that is left out may come from the environment. */
export type EnvironmentOptions = (ProviderLocation | { readonly protocol?: 'oidc' | 'oauth' }) &
  Partial<ClientOptions> &
  NodeConnectionOptions

/**
 * Creates a client from environment variables. Options come first; a variable that is empty counts as not set, and
 * white space around a value, such as the line break at the end of a file, is dropped.
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
 * | `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` | `proxy` |
 *
 * @param options Anything that the environment does not say, or says differently.
 * @param env Where to look. By default `process.env`.
 * @throws LogoutError `invalid_options`, naming the variable that is missing, or the option whose value is wrong
 * @example
 * ```ts
 * import { createLogoutClientFromEnv } from '@backend-logout/node'
 *
 * const client = createLogoutClientFromEnv({ timeoutMs: 5_000 })
 * ```
 */
export function createLogoutClientFromEnv(
  options: EnvironmentOptions = {},
  env: EnvironmentVariables = process.env,
): NodeLogoutClient {
  return createNodeClient(withEnvironment(options, env), env)
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

function withEnvironment(options: EnvironmentOptions, env: EnvironmentVariables): NodeLogoutClientOptions {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined
  const merged: Record<string, unknown> = { ...options }
  const located = ['appHost', 'issuer', 'endpoints'].some((name) => merged[name] !== undefined)
  for (const [option, variable] of Object.entries(VARIABLES)) {
    // Where the provider is gets decided in one place: an option for it silences all variables for it.
    if (!(located && (option === 'appHost' || option === 'issuer'))) merged[option] ??= read(variable)
  }
  const { appId, appSecret, appHost, issuer, endpoints, clientAuth, tls } = merged as Partial<NodeLogoutClientOptions>
  const file = options.appSecret === undefined ? read('AUTHING_APP_SECRET_FILE') : undefined
  if (file && appSecret !== undefined) refuse('Set only one of AUTHING_APP_SECRET and AUTHING_APP_SECRET_FILE.')
  if (file) merged.appSecret = readSecret(file)
  if (!located && appHost && issuer) refuse('Set only one of AUTHING_APP_HOST and AUTHING_APP_ISSUER.')

  if (appId === undefined) refuse("AUTHING_APP_ID is not set: the application's id.")
  if (!(appHost ?? issuer ?? endpoints)) {
    refuse("AUTHING_APP_HOST is not set: the application's address at GenAuth. Set AUTHING_APP_ISSUER for others.")
  }
  const secretless =
    tls?.cert ?? tls?.pfx ?? (clientAuth !== undefined && !String(clientAuth).startsWith('client_secret_'))
  if (merged.appSecret === undefined && !secretless) {
    refuse('AUTHING_APP_SECRET is not set. For a public client, which has none, set AUTHING_APP_CLIENT_AUTH to none.')
  }
  return merged as unknown as NodeLogoutClientOptions
}

function readSecret(file: string): string {
  // As an import it would bring all of Node's streams along, which takes longer than all of this package.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  try {
    return readFileSync(file, 'utf8').trim() || refuse('The file that AUTHING_APP_SECRET_FILE names is empty.')
  } catch (error) {
    if (isLogoutError(error)) throw error
    const { code } = error as { code?: string }
    return refuse(`The file that AUTHING_APP_SECRET_FILE names cannot be read: ${code}.`)
  }
}

function refuse(message: string): never {
  throw new LogoutError('invalid_options', message)
}
