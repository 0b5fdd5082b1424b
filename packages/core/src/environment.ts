import type { ClientAuth } from './client-auth.ts'
import { LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import type { PrivateJwk, PrivateKeyJwtOptions } from './jwt.ts'
import type { ClientOptions, LogoutClientOptions, ProviderLocation } from './options.ts'

/** Options of which any may be left to the environment. */
export type PartialClientOptions = (ProviderLocation | { readonly protocol?: 'oidc' | 'oauth' }) &
  Partial<ClientOptions>

/** Where {@link optionsFromEnvironment} looks. */
export interface EnvironmentSource {
  /** Gives the value of a variable. One that is empty counts as not set, and white space around it is dropped. */
  readonly read: (name: string) => string | undefined
  /**
   * Gives the text of a file that `AUTHING_APP_SECRET_FILE` or `AUTHING_APP_PRIVATE_KEY_FILE` names. Without it, these
   * variables are not read.
   */
  readonly readFile?: (path: string, variable: string) => string
  /** Whether the application authenticates by a certificate, and needs no secret. */
  readonly hasCertificate?: boolean
}

/** Options that a variable of its own gives unchanged. */
const TEXTS = {
  appId: 'AUTHING_APP_ID',
  appSecret: 'AUTHING_APP_SECRET',
  protocol: 'AUTHING_APP_PROTOCOL',
  clientAuth: 'AUTHING_APP_CLIENT_AUTH',
  redirectUri: 'AUTHING_APP_REDIRECT_URI',
  logoutRedirectUri: 'AUTHING_APP_LOGOUT_REDIRECT_URI',
} as const

/** Where the provider is. An option for it silences all of these. */
const PLACES = { appHost: 'AUTHING_APP_HOST', issuer: 'AUTHING_APP_ISSUER' } as const
const ENDPOINTS = {
  revocation: 'AUTHING_APP_REVOCATION_ENDPOINT',
  introspection: 'AUTHING_APP_INTROSPECTION_ENDPOINT',
  endSession: 'AUTHING_APP_END_SESSION_ENDPOINT',
} as const

const SECRET_FILE = 'AUTHING_APP_SECRET_FILE'
const METADATA_URL = 'AUTHING_APP_METADATA_URL'
const ENDPOINT_HOSTS = 'AUTHING_APP_ENDPOINT_HOSTS'
const ALREADY_INVALID = 'AUTHING_APP_ALREADY_INVALID_ERRORS'
const INSECURE_HTTP = 'AUTHING_APP_ALLOW_INSECURE_HTTP'
const KEY_FILE = 'AUTHING_APP_PRIVATE_KEY_FILE'
const KEY_ID = 'AUTHING_APP_PRIVATE_KEY_ID'
const KEY_ALGORITHM = 'AUTHING_APP_PRIVATE_KEY_ALG'
const AUDIENCE = 'AUTHING_APP_ASSERTION_AUDIENCE'

/** The names of all variables that {@link optionsFromEnvironment} may read. */
export function environmentVariables(): string[] {
  const groups = [TEXTS, PLACES, ENDPOINTS].flatMap((group) => Object.values(group))
  const others = [SECRET_FILE, METADATA_URL, ENDPOINT_HOSTS, ALREADY_INVALID, INSECURE_HTTP]
  return [...groups, ...others, KEY_FILE, KEY_ID, KEY_ALGORITHM, AUDIENCE]
}

/**
 * Completes options from environment variables, for runtimes whose package does not do that on its own. Options come
 * first.
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
 * @throws LogoutError `invalid_options`, naming the variable that is missing or wrong; and whatever the source throws
 * @example
 * ```ts
 * import { createLogoutClient, optionsFromEnvironment } from '@backend-logout/core'
 *
 * const client = createLogoutClient(optionsFromEnvironment({ read: (name) => process.env[name] }))
 * ```
 */
export function optionsFromEnvironment<O extends PartialClientOptions>(
  { read, readFile, hasCertificate = false }: EnvironmentSource,
  options?: O,
): O & LogoutClientOptions {
  const value = (name: string): string | undefined => read(name)?.trim() || undefined
  const merged: Record<string, unknown> = { ...options }
  for (const [option, variable] of Object.entries(TEXTS)) merged[option] ??= value(variable)
  if (merged.appId === undefined) invalidOption(TEXTS.appId, "is not set: the application's id.")
  Object.assign(merged, locationFrom(value, merged))
  merged.alreadyInvalidErrors ??= listFrom(value(ALREADY_INVALID))
  merged.allowInsecureHttp ??= flagFrom(value(INSECURE_HTTP))

  const secretFile = readFile && options?.appSecret === undefined ? value(SECRET_FILE) : undefined
  if (secretFile) {
    if (merged.appSecret !== undefined) setOnlyOne(`AUTHING_APP_SECRET and ${SECRET_FILE}`)
    merged.appSecret =
      readFile?.(secretFile, SECRET_FILE).trim() || invalidOption(SECRET_FILE, 'names a file that is empty.')
  }
  const keyFile = readFile && options?.clientAuth === undefined ? value(KEY_FILE) : undefined
  if (keyFile) {
    const method = merged.clientAuth ?? 'private_key_jwt'
    if (method !== 'private_key_jwt') invalidOption(KEY_FILE, 'is for AUTHING_APP_CLIENT_AUTH private_key_jwt.')
    merged.clientAuth = signedBy(
      readFile?.(keyFile, KEY_FILE).trim() || invalidOption(KEY_FILE, 'names a file that is empty.'),
      {
        kid: value(KEY_ID),
        alg: value(KEY_ALGORITHM),
        audience: value(AUDIENCE),
      },
    )
  } else if (merged.clientAuth === 'private_key_jwt') {
    invalidOption(KEY_FILE, 'is not set: the name of the file with the private key.')
  }
  const { appSecret, clientAuth } = merged
  const secretless = hasCertificate || (clientAuth !== undefined && !String(clientAuth).startsWith('client_secret_'))
  if (appSecret === undefined && !secretless) {
    invalidOption(
      TEXTS.appSecret,
      'is not set. For a public client, which has none, set AUTHING_APP_CLIENT_AUTH to none.',
    )
  }
  return merged as unknown as O & LogoutClientOptions
}

type Read = (name: string) => string | undefined

/** Where the provider is: what the options say, or else the variables. */
function locationFrom(value: Read, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = ['appHost', 'issuer', 'endpoints'].filter((name) => options[name] !== undefined)
  const endpoints = read(value, ENDPOINTS)
  const found: Record<string, unknown> = {
    ...read(value, PLACES),
    ...(Object.keys(endpoints).length > 0 && { endpoints }),
  }
  const location = given.length ? options : found
  if (!given.length) {
    const names = Object.keys(found)
    if (names.length > 1) setOnlyOne('AUTHING_APP_HOST, AUTHING_APP_ISSUER and the endpoints')
    if (!names.length) {
      invalidOption(
        PLACES.appHost,
        "is not set: the application's address at GenAuth. Set AUTHING_APP_ISSUER for others.",
      )
    }
  }
  if (location.issuer === undefined) return given.length ? {} : found
  return {
    ...(given.length ? {} : found),
    metadataUrl: options.metadataUrl ?? value(METADATA_URL),
    endpointHosts: options.endpointHosts ?? listFrom(value(ENDPOINT_HOSTS)),
  }
}

function read(value: Read, variables: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [option, variable] of Object.entries(variables)) {
    const text = value(variable)
    if (text !== undefined) found[option] = text
  }
  return found
}

/** Reads a list: a JSON array, for texts that contain commas, or texts with commas between them. */
function listFrom(text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (!text.startsWith('['))
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  try {
    return JSON.parse(text)
  } catch {
    return invalidOption(ALREADY_INVALID, 'is not a JSON array.')
  }
}

function flagFrom(text: string | undefined): boolean | undefined {
  if (text === undefined || text === 'true' || text === 'false') return text && text === 'true'
  return invalidOption(INSECURE_HTTP, 'must be true or false.')
}

/** Authenticates with a key, and loads what signs when it is first needed. */
function signedBy(key: string, options: Readonly<Record<string, string | undefined>>): ClientAuth {
  let authenticate: Promise<ClientAuth> | undefined
  const load = async (): Promise<ClientAuth> => {
    const { privateKeyJwt } = await import('./jwt.ts')
    return privateKeyJwt(key.startsWith('{') ? parseJwk(key) : key, options as PrivateKeyJwtOptions)
  }
  const auth: ClientAuth = async (context) => {
    authenticate ??= load()
    return (await authenticate)(context)
  }
  return Object.assign(auth, { method: 'private_key_jwt' })
}

function parseJwk(key: string): PrivateJwk {
  try {
    return JSON.parse(key) as PrivateJwk
  } catch {
    // Without the cause, which quotes a part of the key.
    return invalidOption(KEY_FILE, 'names a file that is not JSON.')
  }
}

function setOnlyOne(names: string): never {
  throw new LogoutError('invalid_options', `Set only one of ${names}.`)
}
