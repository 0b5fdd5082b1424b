import type { AssertionOptions } from './assertion-options.ts'
import type { ClientAuth } from './client-auth.ts'
import { copyOptions } from './copy-options.ts'
import { ENVIRONMENT_VARIABLES } from './environment-variables.ts'
import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import type { ClientSecretJwtOptions, PrivateJwk, PrivateKeyJwtOptions } from './jwt.ts'
import type { ClientOptions, LogoutClientOptions, ProviderLocation } from './options.ts'

/** Options that may all come from the environment instead. */
export type PartialClientOptions = (ProviderLocation | { readonly protocol?: 'oidc' | 'oauth' }) &
  Partial<ClientOptions>

/** Sources of {@link optionsFromEnvironment}. */
export interface EnvironmentSource {
  /** Returns the value of a variable. An empty one counts as not set, and white space around it is dropped. */
  readonly read: (name: string) => string | undefined
  /**
   * Returns the text of a file that a variable names. Without it, variables whose name ends in `_FILE` are not read.
   */
  readonly readFile?: (path: string, variable: string) => string
  /** True if the application authenticates by a certificate and needs no secret. */
  readonly hasCertificate?: boolean
}

/**
 * Completes options from environment variables, for runtimes whose package does not do that on its own. Options
 * override variables. {@link ENVIRONMENT_VARIABLES} lists the variables; those of `tls` and `connections` are for the
 * packages of runtimes that have such options.
 *
 * @param options Options that the environment does not set, or that override it.
 * @throws LogoutError `invalid_options`, naming the variable that is missing or wrong; and any error of the source
 * @example
 * ```ts
 * import { createLogoutClient, optionsFromEnvironment } from '@backend-logout/core'
 *
 * const client = createLogoutClient(optionsFromEnvironment({ read: (name) => process.env[name] }))
 * ```
 */
export function optionsFromEnvironment<O extends PartialClientOptions>(
  source: EnvironmentSource,
  options?: O,
): O & LogoutClientOptions {
  const merged: Record<string, unknown> = copyOptions(options ?? {})
  const fill = (...names: string[]): void => {
    for (const name of names) merged[String(ENVIRONMENT_VARIABLES[name]?.option)] ??= environmentValue(source, name)
  }
  fill('AUTHING_APP_ID', 'AUTHING_APP_SECRET', 'AUTHING_APP_PROTOCOL', 'AUTHING_APP_CLIENT_AUTH')
  fill('AUTHING_APP_REDIRECT_URI', 'AUTHING_APP_LOGOUT_REDIRECT_URI', 'AUTHING_APP_HEADERS')
  fill('AUTHING_APP_ALREADY_INVALID_ERRORS', 'AUTHING_APP_ALLOW_INSECURE_HTTP')
  fill('AUTHING_APP_TIMEOUT_MS', 'AUTHING_APP_DEADLINE_MS', 'AUTHING_APP_LOGOUT_DEADLINE_MS', 'AUTHING_APP_RETRIES')
  if (merged.appId === undefined) invalidOption('AUTHING_APP_ID', "is not set: the application's id.")
  Object.assign(merged, locationFrom(source, merged))
  if (options?.appSecret === undefined && source.readFile && source.read('AUTHING_APP_SECRET_FILE')?.trim()) {
    if (merged.appSecret !== undefined) setOnlyOne('AUTHING_APP_SECRET and AUTHING_APP_SECRET_FILE')
    merged.appSecret = environmentValue(source, 'AUTHING_APP_SECRET_FILE')
  }
  if (options?.clientAuth === undefined) signFrom(source, merged)
  const { appSecret, clientAuth } = merged
  const secretless =
    source.hasCertificate || (clientAuth !== undefined && !String(clientAuth).startsWith('client_secret_'))
  if (appSecret === undefined && !secretless) {
    invalidOption(
      'AUTHING_APP_SECRET',
      'is not set. For a public client, which has none, set AUTHING_APP_CLIENT_AUTH to none.',
    )
  }
  for (const name of Object.keys(merged)) if (merged[name] === undefined) delete merged[name]
  return merged as unknown as O & LogoutClientOptions
}

/**
 * Reads the certificates that the environment names, for the packages of runtimes that can use them.
 *
 * @returns PEM; `undefined` without any
 * @throws LogoutError `invalid_options`; and any error of the source
 * @example
 * ```ts
 * import { tlsFromEnvironment } from '@backend-logout/core'
 * import { readFileSync } from 'node:fs'
 *
 * tlsFromEnvironment({ read: (name) => process.env[name], readFile: (path) => readFileSync(path, 'utf8') })
 * ```
 */
export function tlsFromEnvironment(
  source: EnvironmentSource,
): { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined {
  const ca = environmentValue(source, 'AUTHING_APP_CA_FILE') as string | undefined
  const cert = environmentValue(source, 'AUTHING_APP_CERT_FILE') as string | undefined
  const key = environmentValue(source, 'AUTHING_APP_KEY_FILE') as string | undefined
  if ((cert === undefined) !== (key === undefined)) {
    throw new LogoutError('invalid_options', 'Set AUTHING_APP_CERT_FILE and AUTHING_APP_KEY_FILE together.')
  }
  if (ca === undefined && cert === undefined) return undefined
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && key !== undefined && { cert, key }) }
}

/**
 * Reads one variable in the form that {@link ENVIRONMENT_VARIABLES} defines. For the packages of runtimes.
 *
 * @throws LogoutError `invalid_options`, naming the variable; and any error of the source
 * @example
 * ```ts
 * import { environmentValue } from '@backend-logout/core'
 *
 * environmentValue({ read: (name) => process.env[name] }, 'AUTHING_APP_RETRIES')
 * ```
 */
export function environmentValue({ read, readFile }: EnvironmentSource, name: string): unknown {
  const reading = ENVIRONMENT_VARIABLES[name]?.reading
  if (reading === 'file' && !readFile) return undefined
  const text = read(name)?.trim()
  if (!text) return undefined
  switch (reading) {
    case 'file':
      return fileText(readFile?.(text, name) ?? '', name)
    case 'number':
      return /^\d{1,15}$/.test(text) ? Number(text) : invalidOption(name, 'must be a whole number.')
    case 'flag':
      return text === 'true' || (text === 'false' ? false : invalidOption(name, 'must be true or false.'))
    case 'list':
      return text.startsWith('[') ? parseJson(name, text, 'array') : splitList(text)
    case 'headers':
      return parseJson(name, text, 'object')
    default:
      return text
  }
}

/** The text of a file. Another encoding would change the secret. Around PEM, some tools write names in one. */
function fileText(content: string, name: string): string {
  const isGarbled = /[\0\ufffd]/.test(content) && !content.includes('-----BEGIN ')
  if (isGarbled) return invalidOption(name, 'names a file that is not text in UTF-8.')
  return content.trim() || invalidOption(name, 'names a file that is empty.')
}

/** Location of the provider: from the options, otherwise from the variables. */
function locationFrom(source: EnvironmentSource, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = ['appHost', 'issuer', 'endpoints'].filter((name) => options[name] !== undefined)
  const found = given.length ? {} : placeFrom(source)
  if (options.issuer === undefined && found.issuer === undefined) return found
  return {
    ...found,
    metadataUrl: options.metadataUrl ?? environmentValue(source, 'AUTHING_APP_METADATA_URL'),
    metadataMaxAgeMs: options.metadataMaxAgeMs ?? environmentValue(source, 'AUTHING_APP_METADATA_MAX_AGE_MS'),
    endpointHosts: options.endpointHosts ?? environmentValue(source, 'AUTHING_APP_ENDPOINT_HOSTS'),
  }
}

function placeFrom(source: EnvironmentSource): Record<string, unknown> {
  const endpoints = withoutMissing({
    revocation: environmentValue(source, 'AUTHING_APP_REVOCATION_ENDPOINT'),
    introspection: environmentValue(source, 'AUTHING_APP_INTROSPECTION_ENDPOINT'),
    endSession: environmentValue(source, 'AUTHING_APP_END_SESSION_ENDPOINT'),
  })
  const found = withoutMissing({
    appHost: environmentValue(source, 'AUTHING_APP_HOST'),
    issuer: environmentValue(source, 'AUTHING_APP_ISSUER'),
    endpoints: Object.keys(endpoints).length ? endpoints : undefined,
  })
  const count = Object.keys(found).length
  if (count > 1) setOnlyOne('AUTHING_APP_HOST, AUTHING_APP_ISSUER and the endpoints')
  if (!count) {
    const reason = "is not set: the application's address at GenAuth. Set AUTHING_APP_ISSUER for others."
    invalidOption('AUTHING_APP_HOST', reason)
  }
  return found
}

/** Sets up client authentication by signed assertions, if the variables require it. */
function signFrom(source: EnvironmentSource, merged: Record<string, unknown>): void {
  const key = environmentValue(source, 'AUTHING_APP_PRIVATE_KEY_FILE') as string | undefined
  const method = merged.clientAuth ?? (key === undefined ? undefined : 'private_key_jwt')
  if (key !== undefined && method !== 'private_key_jwt') {
    invalidOption('AUTHING_APP_PRIVATE_KEY_FILE', 'is for AUTHING_APP_CLIENT_AUTH private_key_jwt.')
  }
  if (method !== 'private_key_jwt' && method !== 'client_secret_jwt') return
  const options = withoutMissing({
    kid: environmentValue(source, 'AUTHING_APP_PRIVATE_KEY_ID'),
    alg: environmentValue(source, 'AUTHING_APP_PRIVATE_KEY_ALG'),
    audience: audienceFrom(source),
    lifetimeSeconds: environmentValue(source, 'AUTHING_APP_ASSERTION_LIFETIME_SECONDS'),
    notBefore: environmentValue(source, 'AUTHING_APP_ASSERTION_NOT_BEFORE'),
    typ: environmentValue(source, 'AUTHING_APP_ASSERTION_TYP'),
  })
  if (method === 'client_secret_jwt') {
    const secret = merged.appSecret
    if (secret === undefined) invalidOption('AUTHING_APP_SECRET', 'is not set: client_secret_jwt signs with it.')
    merged.clientAuth = signed(method, (jwt) =>
      jwt.clientSecretJwt(secret as string, options as ClientSecretJwtOptions),
    )
    delete merged.appSecret
    return
  }
  if (key === undefined) {
    invalidOption('AUTHING_APP_PRIVATE_KEY_FILE', 'is not set: the name of the file with the private key.')
  }
  merged.clientAuth = signed(method, (jwt) =>
    jwt.privateKeyJwt(key.startsWith('{') ? parsePrivateKey(key) : key, options as PrivateKeyJwtOptions),
  )
}

/** `endpoint` stands for the function that no variable can contain. No audience has that form. */
function audienceFrom(source: EnvironmentSource): AssertionOptions['audience'] {
  const audience = environmentValue(source, 'AUTHING_APP_ASSERTION_AUDIENCE') as string | undefined
  return audience === 'endpoint' ? ({ url }) => url : audience
}

/** Loads the signing code when it is first needed. */
function signed(method: string, make: (jwt: typeof import('./jwt.ts')) => ClientAuth): ClientAuth {
  let loading: Promise<ClientAuth> | undefined
  const authenticate: ClientAuth = async (context) => {
    loading ??= import('./jwt.ts').then(make)
    return (await loading)(context)
  }
  return Object.assign(authenticate, { method })
}

function parsePrivateKey(key: string): PrivateJwk {
  try {
    return JSON.parse(key) as PrivateJwk
  } catch {
    // Without the cause, which quotes a part of the key.
    return invalidOption('AUTHING_APP_PRIVATE_KEY_FILE', 'names a file that is not JSON.')
  }
}

function parseJson(name: string, text: string, kind: 'array' | 'object'): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && Array.isArray(value) === (kind === 'array')) return value
  } catch {}
  return invalidOption(name, `is not a JSON ${kind}.`)
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}

function withoutMissing(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function setOnlyOne(names: string): never {
  throw new LogoutError('invalid_options', `Set only one of ${names}.`)
}
