import { readFileSync } from 'node:fs'
import { createLogoutClientFromEnv, type EnvironmentOptions, type NodeLogoutClient } from '@backend-logout/node'
import { CommandError, describeSystemError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import { userAgent } from './version.ts'

/** How to reach the provider, as far as the environment does not say it. */
export interface ConnectionOptions {
  readonly secretFile?: string
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** A client, and what may be said about it. */
export interface Connection extends AsyncDisposable {
  readonly client: NodeLogoutClient
  readonly appId: string
  /** The provider's address, as it was configured. */
  readonly provider: string
}

/**
 * Creates a client from the environment and the options of a command.
 *
 * @param overrides What this command needs differently.
 * @throws LogoutError `invalid_options`, CommandError when a file cannot be read
 */
export function connect(
  options: ConnectionOptions,
  terminal: Terminal,
  overrides: EnvironmentOptions = {},
): Connection {
  const env = environment(options, terminal)
  const client = createLogoutClientFromEnv(
    { headers: { 'user-agent': userAgent() }, ...tlsOptions(options), ...overrides },
    env,
  )
  return {
    client,
    appId: env.AUTHING_APP_ID?.trim() ?? '',
    provider: describeProvider(env),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** The environment as the options of a command change it. */
export function environment({ secretFile }: ConnectionOptions, { env }: Terminal): Terminal['env'] {
  return secretFile === undefined ? env : { ...env, AUTHING_APP_SECRET: undefined, AUTHING_APP_SECRET_FILE: secretFile }
}

function tlsOptions({ caFile, certFile, keyFile }: ConnectionOptions): EnvironmentOptions {
  if (!(caFile || certFile || keyFile)) return {}
  if (Boolean(certFile) !== Boolean(keyFile)) {
    throw new CommandError(ExitCode.usage, '--cert-file and --key-file are only of use together.')
  }
  return { tls: { ca: contents(caFile), cert: contents(certFile), key: contents(keyFile) } }
}

function contents(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(ExitCode.usage, `${file} cannot be read: ${describeSystemError(error)}.`)
  }
}

function describeProvider(env: Terminal['env']): string {
  const address = (env.AUTHING_APP_HOST?.trim() || env.AUTHING_APP_ISSUER?.trim()) ?? ''
  // A client was made from it, so it is a URL, and holds neither user name nor password.
  const { href } = new URL(address)
  return env.AUTHING_APP_PROTOCOL?.trim() === 'oauth' ? `${href} (oauth)` : href
}
