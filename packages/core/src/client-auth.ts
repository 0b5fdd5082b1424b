import { invalidOption } from './invalid-option.ts'

/** The endpoints at which the application authenticates. */
export type AuthenticatedEndpoint = 'revocation' | 'introspection'

/** The request for which a {@link ClientAuth} creates a credential. */
export interface ClientAuthContext {
  /** The application's id. */
  readonly appId: string
  /** Endpoint of the request. */
  readonly endpoint: AuthenticatedEndpoint
  /** Absolute URL of the endpoint. */
  readonly url: string
  /** The provider's issuer, if it is known: always for `issuer` and `appHost`, never for `endpoints`. */
  readonly issuer: string | undefined
  /** 1 for the first attempt. Every attempt calls it again, so that an assertion is never sent twice. */
  readonly attempt: number
}

/** One credential: an `Authorization` header or form fields, never a secret in both. */
export interface ClientCredential {
  /** The whole value of the `Authorization` header. */
  readonly authorization?: string
  /** Fields for the form body. */
  readonly body?: Readonly<Record<string, string>>
}

/**
 * Authenticates the application at an endpoint. Write your own for a method that this package does not have.
 *
 * @example
 * ```ts
 * import { type ClientAuth, createLogoutClient } from '@backend-logout/core'
 *
 * const secretFromVault: ClientAuth = async ({ appId }) => ({
 *   body: { client_id: appId, client_secret: await readSecret() },
 * })
 * createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai', clientAuth: secretFromVault })
 *
 * async function readSecret() {
 *   return 'from the vault'
 * }
 * ```
 */
export interface ClientAuth {
  (context: ClientAuthContext): ClientCredential | Promise<ClientCredential>
  /** Its registered name, such as `private_key_jwt`, for messages and events. */
  readonly method?: string
}

/** The methods that this package provides, by their registered names (RFC 7591 §2, RFC 8705 §2). */
export type ClientAuthMethod =
  | 'client_secret_post'
  | 'client_secret_basic'
  | 'none'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'

const idOnly: ClientAuth = ({ appId }) => ({ body: { client_id: appId } })

/** Creates the {@link ClientAuth} of a method by name. */
export function createClientAuth(method: ClientAuthMethod, appId: string, appSecret: string | undefined): ClientAuth {
  let credential: ClientCredential
  if (method === 'client_secret_post' || method === 'client_secret_basic') {
    if (!appSecret) invalidOption('clientAuth', `'${method}' needs appSecret.`)
    credential =
      method === 'client_secret_post'
        ? { body: { client_id: appId, client_secret: appSecret } }
        : { authorization: `Basic ${btoa(`${formEncode(appId)}:${formEncode(appSecret)}`)}` }
    return Object.assign(() => credential, { method })
  }
  if (!/^(?:none|(?:self_signed_)?tls_client_auth)$/.test(method)) {
    invalidOption('clientAuth', `'${String(method).slice(0, 100)}' is not known.`)
  }
  // A public client, and a client with a certificate, only sends its id.
  return Object.assign(idOnly.bind(undefined), { method })
}

// RFC 6749 §2.3.1: id and secret are form-encoded before they become a Basic credential.
function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}

/**
 * Checks that a credential is exactly one, and can be sent.
 *
 * @throws TypeError when a custom {@link ClientAuth} returns nothing
 * @throws LogoutError `invalid_options` when it returns anything else
 */
export function checkCredential(credential: ClientCredential): void {
  // Otherwise, the runtime would describe the code that reads it.
  if (!credential) throw new TypeError(`It returned ${credential}.`)
  const { authorization, body = {} } = credential
  const names = Object.keys(body)
  const values: unknown[] = [authorization ?? '', ...Object.values(body)]
  // Transports refuse other characters in a header, each in its own way, and that would be a failure of the network.
  const text = values.every((value) => typeof value === 'string') && !/[^\t -~\x80-\xff]/.test(authorization ?? '')
  const secrets = names.filter((name) => name === 'client_secret' || name === 'client_assertion')
  const count = secrets.length + Number(authorization !== undefined)
  // A plain string, such as the secret itself, is not a credential.
  if (!text || count > 1 || Object(credential) !== credential || names.some((name) => name.startsWith('token'))) {
    const reason = 'must return exactly one credential, as strings that can be sent, without request parameters.'
    invalidOption('clientAuth', reason)
  }
}
