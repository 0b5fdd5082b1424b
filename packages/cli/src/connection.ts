import {
  type ClientAuthMethod,
  createLogoutClientFromEnv,
  type EnvironmentOptions,
  type NodeLogoutClient,
} from '@backend-logout/node'
import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { readSecretFile, readTextFile } from './files/read-text-file.ts'
import type { Terminal } from './terminal/terminal.ts'

/** The options of all commands that call the provider. */
export interface ConnectionOptions {
  readonly secretFile?: string
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** Settings of the connection to the provider: the environment, and the contents of the files that options name. */
export interface Settings {
  readonly env: Terminal['env']
  /** Each member overrides only its own variable. */
  readonly tls: EnvironmentOptions['tls']
}

/** A client, and the details of it that may be shown. */
export interface Connection extends AsyncDisposable {
  readonly client: NodeLogoutClient
  readonly appId: string
  /** The provider's address as configured. */
  readonly provider: string
}

/** The methods that `AUTHING_APP_CLIENT_AUTH` can name. */
export const CLIENT_AUTH: readonly string[] = [
  'client_secret_post',
  'client_secret_basic',
  'none',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'private_key_jwt',
  'client_secret_jwt',
] satisfies (ClientAuthMethod | 'private_key_jwt' | 'client_secret_jwt')[]

/**
 * Reads the files that options or the environment name.
 *
 * @param env The environment, if it is not the terminal's.
 * @throws CommandError when one cannot be read
 */
export async function readSettings(
  options: ConnectionOptions,
  terminal: Terminal,
  env: Terminal['env'] = terminal.env,
): Promise<Settings> {
  const { caFile } = options
  const [certFile, keyFile] = certificateFiles(options, env)
  const tls: EnvironmentOptions['tls'] = {
    ...(caFile !== undefined && { ca: await readTextFile(caFile, 'The file of --ca-file') }),
    ...(certFile && { cert: await readTextFile(certFile.path, certFile.role) }),
    ...(keyFile && { key: await readSecretFile(keyFile.path, keyFile.role, terminal) }),
  }
  // They are read when the client is created; this only checks who else could read them.
  const replaced = keyFile !== undefined
  for (const name of ['AUTHING_APP_PRIVATE_KEY_FILE', ...(replaced ? [] : ['AUTHING_APP_KEY_FILE'])]) {
    const file = env[name]?.trim()
    if (file) await readSecretFile(file, `The file of ${name}`, terminal)
  }
  return { env: await readSecret(options, terminal, env), tls: Object.keys(tls).length > 0 ? tls : undefined }
}

interface NamedFile {
  readonly path: string
  readonly role: string
}

/** The certificate and its key, if an option names one of them. The environment may name the other one. */
function certificateFiles(
  { certFile, keyFile }: ConnectionOptions,
  env: Terminal['env'],
): readonly [cert?: NamedFile, key?: NamedFile] {
  if (certFile === undefined && keyFile === undefined) return []
  const named = (path: string | undefined, option: string, variable: string): NamedFile | undefined => {
    if (path !== undefined) return { path, role: `The file of ${option}` }
    const other = env[variable]?.trim()
    return other ? { path: other, role: `The file of ${variable}` } : undefined
  }
  const cert = named(certFile, '--cert-file', 'AUTHING_APP_CERT_FILE')
  const key = named(keyFile, '--key-file', 'AUTHING_APP_KEY_FILE')
  if (cert && key) return [cert, key]
  throw new CommandError(
    ExitCode.usage,
    '--cert-file and --key-file must be passed together, unless the environment names the other file.',
  )
}

/** Returns the environment with the secret, whatever its source. */
async function readSecret(
  { secretFile }: ConnectionOptions,
  terminal: Terminal,
  env: Terminal['env'],
): Promise<Terminal['env']> {
  const named = env.AUTHING_APP_SECRET?.trim() ? undefined : env.AUTHING_APP_SECRET_FILE?.trim() || undefined
  const file = secretFile ?? named
  if (file === undefined) return env
  const role = `The file of ${secretFile === undefined ? 'AUTHING_APP_SECRET_FILE' : '--secret-file'}`
  const secret = (await readSecretFile(file, role, terminal)).trim()
  if (!secret) throw new CommandError(ExitCode.usage, `${role} is empty.`)
  // Another encoding leaves these in UTF-8, and the provider would refuse the secret.
  if (/[\0\ufffd]/.test(secret)) throw new CommandError(ExitCode.usage, `${role} is not text in UTF-8.`)
  return { ...env, AUTHING_APP_SECRET: secret, AUTHING_APP_SECRET_FILE: undefined }
}

/**
 * Creates a client.
 *
 * @param overrides Options that this command changes. A number of connections in the environment takes precedence over the
 * one that follows from `--concurrency`: a firewall may allow no more.
 * @throws LogoutError `invalid_options`, CommandError
 */
export function connect({ env, tls }: Settings, overrides: EnvironmentOptions = {}): Connection {
  const clientAuth = env.AUTHING_APP_CLIENT_AUTH?.trim()
  if (clientAuth && !CLIENT_AUTH.includes(clientAuth)) {
    // The value is not repeated: it may be a secret in the wrong variable.
    throw new CommandError(ExitCode.usage, `AUTHING_APP_CLIENT_AUTH must be one of ${CLIENT_AUTH.join(', ')}.`)
  }
  const { connections, ...others } = overrides
  const ownConnections = env.AUTHING_APP_CONNECTIONS?.trim() || connections === undefined ? {} : { connections }
  const client = createLogoutClientFromEnv({ ...(tls && { tls }), ...others, ...ownConnections }, env)
  return {
    client,
    appId: env.AUTHING_APP_ID?.trim() ?? '',
    provider: describeProvider(env),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

function describeProvider(env: Terminal['env']): string {
  const names = ['HOST', 'ISSUER', 'REVOCATION_ENDPOINT', 'INTROSPECTION_ENDPOINT', 'END_SESSION_ENDPOINT']
  const address = names.map((name) => env[`AUTHING_APP_${name}`]?.trim()).find(Boolean) ?? ''
  // A client was created from it, so it is a URL without a user name and password.
  const { href } = new URL(address)
  return env.AUTHING_APP_PROTOCOL?.trim() === 'oauth' ? `${href} (oauth)` : href
}
