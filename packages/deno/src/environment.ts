import {
  environmentVariables,
  LogoutError,
  optionsFromEnvironment,
  type PartialClientOptions,
} from '@backend-logout/core'
import { createLogoutClient, type DenoLogoutClient, type DenoLogoutClientOptions } from './client.ts'
import type { DenoConnectionOptions } from './connection-options.ts'
import { explainRefusal } from './permission.ts'

/** Options of {@link createLogoutClientFromEnv}. Everything that is left out may come from the environment. */
export type EnvironmentOptions = PartialClientOptions & DenoConnectionOptions

/**
 * Creates a client from environment variables. Options come first; a variable that is empty counts as not set, and
 * white space around a value is dropped.
 *
 * | variable | option |
 * |---|---|
 * | `AUTHING_APP_ID` | `appId`; required |
 * | `AUTHING_APP_SECRET`, or `AUTHING_APP_SECRET_FILE`, the name of a file that holds it | `appSecret`; required unless the client authenticates by other means |
 * | `AUTHING_APP_HOST` | `appHost`. Exactly one place is required: this, an issuer, or endpoints |
 * | `AUTHING_APP_ISSUER` | `issuer`, for providers other than GenAuth |
 * | `AUTHING_APP_METADATA_URL` | `metadataUrl`; only with an issuer |
 * | `AUTHING_APP_ENDPOINT_HOSTS` | `endpointHosts`, separated by commas; only with an issuer |
 * | `AUTHING_APP_REVOCATION_ENDPOINT`, `AUTHING_APP_INTROSPECTION_ENDPOINT`, `AUTHING_APP_END_SESSION_ENDPOINT` | `endpoints` |
 * | `AUTHING_APP_PROTOCOL` | `protocol`: `oidc` or `oauth` |
 * | `AUTHING_APP_CLIENT_AUTH` | `clientAuth`: the name of a method, such as `client_secret_basic`; `none` for a public client |
 * | `AUTHING_APP_PRIVATE_KEY_FILE` | `clientAuth`: `private_key_jwt` with the key in this file, PEM (PKCS#8) or a JWK |
 * | `AUTHING_APP_PRIVATE_KEY_ID`, `AUTHING_APP_PRIVATE_KEY_ALG`, `AUTHING_APP_ASSERTION_AUDIENCE` | `kid`, `alg` and `audience` of `privateKeyJwt` |
 * | `AUTHING_APP_ALREADY_INVALID_ERRORS` | `alreadyInvalidErrors`: separated by commas, or a JSON array |
 * | `AUTHING_APP_ALLOW_INSECURE_HTTP` | `allowInsecureHttp`: `true` or `false` |
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

function withEnvironment(options: EnvironmentOptions): DenoLogoutClientOptions {
  return optionsFromEnvironment({ read, readFile, hasCertificate: options.tls?.cert !== undefined }, options)
}

function read(name: string): string | undefined {
  try {
    return Deno.env.get(name)
  } catch (error) {
    throw explainRefusal(error, 'Reading the environment', '--allow-env', environmentVariables().join())
  }
}

function readFile(file: string, variable: string): string {
  const what = `The file that ${variable} names`
  try {
    return Deno.readTextFileSync(file)
  } catch (error) {
    const refusal = explainRefusal(error, what, '--allow-read', file)
    if (refusal !== error) throw refusal
    throw new LogoutError('invalid_options', `${what} cannot be read: ${(error as Error).name}.`)
  }
}
