import { checkPaths } from './custom-paths.ts'
import type { CustomPaths } from './endpoints.ts'
import { LOOPBACK_HOSTS } from './loopback.ts'
import { refuseUnknown } from './option-names.ts'

/** The form of the access tokens that applications receive. */
export type AccessTokenFormat = 'jwt' | 'opaque'

/** Certificates for an emulator that serves https, in PEM. */
export interface EmulatorTls {
  /** The private key of the certificate, in PEM. */
  readonly key: string | Buffer
  /** The certificate of the emulator, in PEM. */
  readonly cert: string | Buffer
  /** The authority that issued the certificates. Required if `cert` is not self-signed. */
  readonly ca?: string | Buffer
  /** Requests a certificate from clients, which makes the application `tls` available. */
  readonly requestCert?: boolean
  /** The certificate of the application `tls`, which `signIn` shows to the token endpoint. */
  readonly client?: { readonly key: string | Buffer; readonly cert: string | Buffer }
}

/** Options of an emulator. All are optional. */
export interface EmulatorOptions {
  /**
   * The TCP port; 0 selects a free one.
   * @default 0
   */
  readonly port?: number
  /**
   * The loopback address to listen on; no other address is accepted, because anyone can sign in here as anyone.
   * @default '127.0.0.1'
   */
  readonly host?: string
  /**
   * The form of access tokens. GenAuth's are JWTs, signed with RS256.
   * @default 'jwt'
   */
  readonly accessTokenFormat?: AccessTokenFormat
  /**
   * The lifetime of access tokens, in seconds.
   * @default 3600
   */
  readonly accessTokenTtl?: number
  /**
   * Revokes the whole grant, refresh token included, when an access token is revoked. GenAuth revokes only that token.
   * Revoking a refresh token always revokes the grant.
   * @default false
   */
  readonly cascade?: boolean
  /**
   * Allows web pages of other origins to read responses. Real providers seldom do.
   * @default false
   */
  readonly cors?: boolean
  /**
   * Body of a successful revocation: nothing, or GenAuth's JSON envelope.
   * @default 'empty'
   */
  readonly successBody?: 'empty' | 'envelope'
  /** The secret of every preconfigured application that has one. By default, each has a random one. */
  readonly appSecret?: string
  /**
   * The registered login callback URLs of the preconfigured applications.
   * @default ['http://localhost:3000/callback']
   */
  readonly redirectUris?: readonly string[]
  /**
   * The registered logout callback URLs of the preconfigured applications.
   * @default ['http://localhost:3000/']
   */
  readonly logoutRedirectUris?: readonly string[]
  /**
   * Other paths of endpoints, from the root of the host, as some tenants and other providers have them. The metadata
   * states them, and the usual paths no longer exist. Use `issuer` with such an emulator: the paths of `appHost` are
   * GenAuth's.
   * @default GenAuth's paths
   */
  readonly paths?: CustomPaths
  /** Serves https instead of http. */
  readonly tls?: EmulatorTls
}

/** The options with their defaults filled in. */
export type EmulatorSettings = Required<Omit<EmulatorOptions, 'tls' | 'appSecret'>> &
  Pick<EmulatorOptions, 'tls' | 'appSecret'>

/** The options; the compiler reports missing ones. */
const NAMES: Readonly<Record<keyof EmulatorOptions, true>> = {
  port: true,
  host: true,
  accessTokenFormat: true,
  accessTokenTtl: true,
  cascade: true,
  cors: true,
  successBody: true,
  appSecret: true,
  redirectUris: true,
  logoutRedirectUris: true,
  paths: true,
  tls: true,
}

const TLS: Readonly<Record<keyof EmulatorTls, true>> = {
  key: true,
  cert: true,
  ca: true,
  requestCert: true,
  client: true,
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} When an option is invalid; the message names it.
 */
export function readOptions(options: EmulatorOptions): EmulatorSettings {
  refuseUnknown(options, NAMES, 'the emulator')
  refuseUnknown(options.tls ?? {}, TLS, 'tls')
  refuseUnknown(options.tls?.client ?? {}, { key: true, cert: true }, 'tls.client')
  const settings = {
    port: 0,
    host: '127.0.0.1',
    accessTokenFormat: 'jwt',
    accessTokenTtl: 3600,
    cascade: false,
    cors: false,
    successBody: 'empty',
    redirectUris: ['http://localhost:3000/callback'],
    logoutRedirectUris: ['http://localhost:3000/'],
    ...given(options),
    paths: checkPaths(options.paths ?? {}),
  } as const satisfies EmulatorSettings

  if (!LOOPBACK_HOSTS.includes(settings.host)) {
    throw new TypeError(`host must be a loopback address (127.0.0.1, ::1 or localhost), not ${settings.host}`)
  }
  if (!['jwt', 'opaque'].includes(settings.accessTokenFormat)) {
    throw new TypeError("accessTokenFormat must be 'jwt' or 'opaque'")
  }
  if (!['empty', 'envelope'].includes(settings.successBody)) {
    throw new TypeError("successBody must be 'empty' or 'envelope'")
  }
  if (!Number.isSafeInteger(settings.accessTokenTtl) || settings.accessTokenTtl < 1) {
    throw new TypeError('accessTokenTtl must be a positive number of seconds')
  }
  if (settings.appSecret !== undefined && !/^[\x20-\x7e]+$/.test(settings.appSecret)) {
    throw new TypeError('appSecret must consist of printable ASCII characters (RFC 6749)')
  }
  for (const name of ['redirectUris', 'logoutRedirectUris'] as const) {
    const urls: unknown = settings[name]
    if (!Array.isArray(urls) || urls.length === 0 || !urls.every(isWebUrl)) {
      throw new TypeError(`${name} must be a list of at least one URL, and http or https URLs only`)
    }
  }
  return settings
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !url.includes('#')
}

/** The options without those that are `undefined`, which means their default. An object may inherit some of them. */
function given(options: EmulatorOptions): EmulatorOptions {
  const names = Object.keys(NAMES) as (keyof EmulatorOptions)[]
  return Object.fromEntries(names.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined))
}
