import { LogoutError, optionsFromEnvironment, type PartialClientOptions } from '@backend-logout/core'
import { createNodeClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
import type { NodeConnectionOptions } from './connection-options.ts'
import type { EnvironmentVariables } from './proxy.ts'

/** Options of {@link createLogoutClientFromEnv}. Any of them may come from the environment instead. */
export type EnvironmentOptions = PartialClientOptions & NodeConnectionOptions

/**
 * Creates a client from environment variables. Options take precedence. An empty variable counts as not set, and white
 * space around a value, such as the line break at the end of a file, is removed.
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
 * | `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` | `proxy` |
 *
 * @param options Options that the environment does not set, or that override it.
 * @param env The environment variables; `process.env` by default.
 * @throws LogoutError `invalid_options`, naming the missing variable or the wrong option
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

function withEnvironment(options: EnvironmentOptions, env: EnvironmentVariables): NodeLogoutClientOptions {
  const { cert, pfx } = options.tls ?? {}
  return optionsFromEnvironment({ read: (name) => env[name], readFile, hasCertificate: Boolean(cert ?? pfx) }, options)
}

function readFile(file: string, variable: string): string {
  // An import would load all of Node's streams, which takes longer than this whole package.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as { code?: string }
    throw new LogoutError('invalid_options', `The file that ${variable} names cannot be read: ${code}.`)
  }
}
