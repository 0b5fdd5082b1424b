import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** Authentication method of an application at the token, revocation and introspection endpoints. */
export type AuthMethod =
  | 'client_secret_post'
  | 'client_secret_basic'
  | 'none'
  | 'private_key_jwt'
  | 'client_secret_jwt'
  | 'tls_client_auth'

/** The names of the preconfigured applications, one for each {@link AuthMethod}. */
export type ApplicationName = 'post' | 'basic' | 'none' | 'privateKeyJwt' | 'clientSecretJwt' | 'tls'

/** An application that is registered at the emulator, with everything a client of it needs. */
export interface Application {
  /** Its name in `provider.apps`. */
  readonly name: ApplicationName
  /** The OAuth `client_id`. */
  readonly appId: string
  /** The OAuth `client_secret`; absent if {@link authMethod} needs none. */
  readonly appSecret?: string
  /** The method that it authenticates with at every endpoint. */
  readonly authMethod: AuthMethod
  /** The first registered login callback URL. */
  readonly redirectUri: string
  /** The first registered logout callback URL. */
  readonly logoutRedirectUri: string
  /** The private key that signs client assertions, with its `kid` and `alg`; only for `private_key_jwt`. */
  readonly privateKey?: JWK
}

/** The preconfigured applications by name. `tls` exists only if the emulator requests client certificates. */
export type Applications = Readonly<Record<Exclude<ApplicationName, 'tls'>, Application>> & {
  readonly tls?: Application
}

interface ApplicationSettings {
  readonly appSecret?: string | undefined
  readonly redirectUris: readonly string[]
  readonly logoutRedirectUris: readonly string[]
  readonly tls: boolean
}

const AUTH_METHODS = {
  post: 'client_secret_post',
  basic: 'client_secret_basic',
  none: 'none',
  privateKeyJwt: 'private_key_jwt',
  clientSecretJwt: 'client_secret_jwt',
  tls: 'tls_client_auth',
} as const satisfies Record<ApplicationName, AuthMethod>

/** Creates the preconfigured applications with new identifiers, secrets and keys. */
export async function createApplications(settings: ApplicationSettings): Promise<Applications> {
  const {
    redirectUris: [redirectUri = ''],
    logoutRedirectUris: [logoutRedirectUri = ''],
  } = settings

  const create = <Name extends ApplicationName>(name: Name, extra: Partial<Application> = {}): Application =>
    Object.freeze({
      name,
      // GenAuth's application ids are 24 hexadecimal digits and its secrets 32.
      appId: randomBytes(12).toString('hex'),
      authMethod: AUTH_METHODS[name],
      redirectUri,
      logoutRedirectUri,
      ...extra,
    })
  const secret = () => ({ appSecret: settings.appSecret ?? randomBytes(16).toString('hex') })

  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: randomBytes(8).toString('hex') }

  return Object.freeze({
    post: create('post', secret()),
    basic: create('basic', secret()),
    none: create('none'),
    privateKeyJwt: create('privateKeyJwt', { privateKey: jwk }),
    clientSecretJwt: create('clientSecretJwt', secret()),
    ...(settings.tls ? { tls: create('tls') } : {}),
  })
}

/** Lists the preconfigured applications. */
export function listApplications(applications: Applications): Application[] {
  return Object.values(applications)
}
