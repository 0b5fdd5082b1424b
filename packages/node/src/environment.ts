import {
  copyOptions,
  ENVIRONMENT_VARIABLES,
  type EnvironmentSource,
  environmentValue,
  LogoutError,
  optionsFromEnvironment,
  type PartialClientOptions,
  tlsFromEnvironment,
} from '@backend-logout/core'
import { createNodeClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
import type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'
import { TLS } from './connections.ts'
import { type EnvironmentVariables, proxyFor } from './proxy.ts'

/** Options of {@link createLogoutClientFromEnv}. Any of them may come from the environment instead. */
export type EnvironmentOptions = PartialClientOptions & NodeConnectionOptions

/**
 * Creates a client from environment variables. Options take precedence, those of `tls` one by one: `tls.ca` overrides
 * only `AUTHING_APP_CA_FILE`; a certificate, in any form, overrides the one of the environment. An empty variable counts
 * as not set, and white space around a value, such as the line break at the end of a file, is removed.
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
  const complete = withEnvironment(options, env)
  const client = createNodeClient(complete, env)
  checkProxyVariables(complete, env)
  return client
}

function withEnvironment(options: EnvironmentOptions, env: EnvironmentVariables): NodeLogoutClientOptions {
  const source = { read: (name: string) => env[name], readFile }
  const ownTransport = options.fetch !== undefined || options.transport !== undefined
  const connection = ownTransport ? {} : connectionFrom(source, options)
  const { cert, pfx } = connection.tls ?? {}
  const { connections, tls, proxy } = options
  const given = { ...copyOptions(options), connections, tls, proxy, ...connection }
  return optionsFromEnvironment({ ...source, hasCertificate: Boolean(cert ?? pfx) }, given)
}

/** Refuses a wrong proxy now instead of at the first request, if the provider's address is known. */
function checkProxyVariables(options: NodeLogoutClientOptions, env: EnvironmentVariables): void {
  const { appHost, issuer, endpoints, proxy, fetch, transport, allowInsecureHttp = false } = options
  if (fetch !== undefined || transport !== undefined) return
  for (const address of [appHost, issuer, ...Object.values(endpoints ?? {})]) {
    if (address !== undefined) proxyFor(new URL(address), { proxy, env, allowInsecureHttp })
  }
}

function connectionFrom(source: EnvironmentSource, options: EnvironmentOptions): NodeConnectionOptions {
  const { connections = environmentValue(source, 'AUTHING_APP_CONNECTIONS') as number | undefined } = options
  const tls = tlsFrom(source, options.tls)
  return { ...(tls !== undefined && { tls }), ...(connections !== undefined && { connections }) }
}

function tlsFrom(environment: EnvironmentSource, given: NodeTlsOptions | undefined): NodeTlsOptions | undefined {
  // The client refuses it.
  if (given !== undefined && Object(given) !== given) return given
  const own = Object.fromEntries(
    Object.entries(copyOptions(given ?? {}, TLS)).filter(([, value]) => value !== undefined),
  )
  const source = withoutReplaced(environment, Object.keys(own))
  const text = (name: string) => environmentValue(source, name) as string | undefined
  const files = tlsFromEnvironment(source)
  const pfxFile = text('AUTHING_APP_PFX_FILE')
  if (pfxFile && files?.cert) {
    throw new LogoutError('invalid_options', 'Set only one of AUTHING_APP_CERT_FILE and AUTHING_APP_PFX_FILE.')
  }
  const pfx = pfxFile && readBytes(pfxFile, 'AUTHING_APP_PFX_FILE')
  const passphrase = (files?.key ?? pfx ?? own.key ?? own.pfx) && text('AUTHING_APP_KEY_PASSPHRASE')
  const servername = text('AUTHING_APP_TLS_SERVERNAME')
  // The client refuses any other.
  const minVersion = text('AUTHING_APP_TLS_MIN_VERSION') as NodeTlsOptions['minVersion']
  const tls = {
    ...files,
    ...(pfx && { pfx }),
    ...(passphrase && { passphrase }),
    ...(servername && { servername }),
    ...(minVersion && { minVersion }),
    ...own,
  }
  return Object.keys(tls).length > 0 ? tls : undefined
}

/** A certificate and its key, in both forms. An option for one of them replaces all: two halves would not match. */
const CERTIFICATE = ['cert', 'key', 'pfx']

/** The environment without the variables of these options of `tls`. */
function withoutReplaced(source: EnvironmentSource, own: readonly string[]): EnvironmentSource {
  const replaced = own.some((name) => CERTIFICATE.includes(name)) ? [...own, ...CERTIFICATE] : own
  const variables = replaced.map((name) => `tls.${name}`)
  return {
    ...source,
    read: (name) => (variables.includes(ENVIRONMENT_VARIABLES[name]?.option ?? '') ? undefined : source.read(name)),
  }
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
