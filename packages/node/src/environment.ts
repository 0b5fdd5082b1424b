import {
  type EnvironmentSource,
  environmentValue,
  LogoutError,
  optionsFromEnvironment,
  type PartialClientOptions,
  tlsFromEnvironment,
} from '@backend-logout/core'
import { createNodeClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
import type { NodeConnectionOptions } from './connection-options.ts'
import type { EnvironmentVariables } from './proxy.ts'

/** Options of {@link createLogoutClientFromEnv}. Any of them may come from the environment instead. */
export type EnvironmentOptions = PartialClientOptions & NodeConnectionOptions

/**
 * Creates a client from environment variables. Options take precedence. An empty variable counts as not set, and white
 * space around a value, such as the line break at the end of a file, is removed.
 *
 * The variables are in {@link ENVIRONMENT_VARIABLES}, and on the page `docs/environment.md` of the repository. Proxies are
 * named by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
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
  const source = { read: (name: string) => env[name], readFile }
  const ownTransport = options.fetch !== undefined || options.transport !== undefined
  const connection = ownTransport ? {} : connectionFrom(source, options)
  const { cert, pfx } = options.tls ?? connection.tls ?? {}
  return optionsFromEnvironment({ ...source, hasCertificate: Boolean(cert ?? pfx) }, { ...connection, ...options })
}

function connectionFrom(source: EnvironmentSource, options: EnvironmentOptions): NodeConnectionOptions {
  const files = options.tls ? undefined : tlsFromEnvironment(source)
  const passphrase = files?.key && (environmentValue(source, 'AUTHING_APP_KEY_PASSPHRASE') as string | undefined)
  const connections = environmentValue(source, 'AUTHING_APP_CONNECTIONS') as number | undefined
  return {
    ...(files && { tls: { ...files, ...(passphrase && { passphrase }) } }),
    ...(connections !== undefined && { connections }),
  }
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
