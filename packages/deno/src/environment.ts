import {
  copyOptions,
  ENVIRONMENT_VARIABLES,
  environmentValue,
  LogoutError,
  optionsFromEnvironment,
  type PartialClientOptions,
  tlsFromEnvironment,
} from '@backend-logout/core'
import { createLogoutClient, type DenoLogoutClient, type DenoLogoutClientOptions } from './client.ts'
import type { DenoConnectionOptions, DenoPoolOptions, DenoTlsOptions } from './connection-options.ts'
import { explainRefusal } from './permission.ts'

/** Options of {@link createLogoutClientFromEnv}. Missing options may come from the environment. */
export type EnvironmentOptions = PartialClientOptions & DenoConnectionOptions

/**
 * Creates a client from environment variables. Options override variables, those of `tls` and `pool` one by one; an empty
 * variable counts as not set, and white space around a value is dropped.
 *
 * The variables are in {@link ENVIRONMENT_VARIABLES}, except those that are only for Node.js.
 *
 * @param options Options that the environment does not set, or that override it.
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
  const ownTransport = options.fetch !== undefined || options.transport !== undefined
  const pool = ownTransport ? options.pool : poolFrom(options.pool)
  const tls = ownTransport ? options.tls : tlsFrom(options.tls)
  return optionsFromEnvironment(
    { read, readFile, hasCertificate: tls?.cert !== undefined },
    { ...copyOptions(options), proxy: options.proxy, tls, pool },
  )
}

function poolFrom(given: DenoPoolOptions | undefined): DenoPoolOptions | undefined {
  // The client refuses it.
  if (given !== undefined && Object(given) !== given) return given
  const {
    maxIdle = environmentValue({ read }, 'AUTHING_APP_POOL_MAX_IDLE') as number | undefined,
    idleTimeoutMs = environmentValue({ read }, 'AUTHING_APP_POOL_IDLE_TIMEOUT_MS') as number | undefined,
    ...others
  } = given ?? {}
  const isEmpty = given === undefined && maxIdle === undefined && idleTimeoutMs === undefined
  return isEmpty ? undefined : { ...others, maxIdle, idleTimeoutMs }
}

function tlsFrom(given: DenoTlsOptions | undefined): DenoTlsOptions | undefined {
  // The client refuses it.
  if (given !== undefined && Object(given) !== given) return given
  // Two halves of a certificate would not match, so an option for one replaces both.
  const replaced = [
    ...(given?.caCerts ? ['AUTHING_APP_CA_FILE'] : []),
    ...((given?.cert ?? given?.key) ? ['AUTHING_APP_CERT_FILE', 'AUTHING_APP_KEY_FILE'] : []),
  ]
  const readOthers = (name: string): string | undefined => (replaced.includes(name) ? undefined : read(name))
  const files = tlsFromEnvironment({ read: readOthers, readFile })
  if (!files) return given
  const { caCerts = files.ca, cert = files.cert, key = files.key, ...others } = given ?? {}
  return { ...others, caCerts, cert, key }
}

function read(name: string): string | undefined {
  try {
    return Deno.env.get(name)
  } catch (error) {
    throw explainRefusal(error, 'Reading the environment', '--allow-env', Object.keys(ENVIRONMENT_VARIABLES).join())
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
