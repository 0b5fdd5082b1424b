import {
  type EnvironmentSource,
  environmentValue,
  LogoutError,
  optionsFromEnvironment,
  type PartialClientOptions,
  tlsFromEnvironment,
} from '@backend-logout/core'
import { createNodeClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
import type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'
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
  const tls = options.tls ? undefined : tlsFrom(source)
  const connections = environmentValue(source, 'AUTHING_APP_CONNECTIONS') as number | undefined
  return { ...(tls && { tls }), ...(connections !== undefined && { connections }) }
}

function tlsFrom(source: EnvironmentSource): NodeTlsOptions | undefined {
  const text = (name: string) => environmentValue(source, name) as string | undefined
  const files = tlsFromEnvironment(source)
  const pfxFile = text('AUTHING_APP_PFX_FILE')
  if (pfxFile && files?.cert) {
    throw new LogoutError('invalid_options', 'Set only one of AUTHING_APP_CERT_FILE and AUTHING_APP_PFX_FILE.')
  }
  const pfx = pfxFile && readBytes(pfxFile, 'AUTHING_APP_PFX_FILE')
  const passphrase = (files?.key || pfx) && text('AUTHING_APP_KEY_PASSPHRASE')
  const servername = text('AUTHING_APP_TLS_SERVERNAME')
  // The client refuses any other.
  const minVersion = text('AUTHING_APP_TLS_MIN_VERSION') as NodeTlsOptions['minVersion']
  const tls = {
    ...files,
    ...(pfx && { pfx }),
    ...(passphrase && { passphrase }),
    ...(servername && { servername }),
    ...(minVersion && { minVersion }),
  }
  return Object.keys(tls).length > 0 ? tls : undefined
}

function readFile(file: string, variable: string): string {
  return readBytes(file, variable).toString('utf8')
}

function readBytes(file: string, variable: string): Buffer {
  // An import would load all of Node's streams, which takes longer than this whole package.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  try {
    return readFileSync(file)
  } catch (error) {
    const { code } = error as { code?: string }
    throw new LogoutError('invalid_options', `The file that ${variable} names cannot be read: ${code}.`)
  }
}
