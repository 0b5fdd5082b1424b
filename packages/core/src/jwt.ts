/**
 * Client authentication by signed assertions: `private_key_jwt` and `client_secret_jwt`.
 *
 * @module
 */

import type { CryptoKey, JWK } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import type { ClientAuth, ClientAuthContext } from './client-auth.ts'
import { invalidOption } from './invalid-option.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'
import { inspectKey, type SigningKey } from './signing-key.ts'

export type { AuthenticatedEndpoint, ClientAuth, ClientAuthContext, ClientCredential } from './client-auth.ts'
export type { SigningAlgorithm } from './signing-algorithm.ts'

/** A Web Crypto key that may sign; the type that the runtime's own declarations give it. */
export type SigningCryptoKey = CryptoKey

/**
 * A private key as a JSON Web Key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 §4}
 */
export type PrivateJwk = JWK

/** Claims of an assertion in addition to the identity of the application. */
export interface AssertionOptions {
  /**
   * For whom the assertion is meant. A function is asked for each assertion: for a provider that insists on the address
   * of the endpoint, it is `({ url }) => url`.
   * @default the provider's issuer; with `endpoints` it is not known, so the option is needed
   */
  readonly audience?: string | ((context: ClientAuthContext) => string) | undefined
  /**
   * From `iat` to `exp`, in seconds, 30 to 300. `iat` is 10 seconds ago, as clocks differ.
   * @default 60
   */
  readonly lifetimeSeconds?: number | undefined
  /**
   * Adds `nbf` to the assertion, which some providers require. It equals `iat`.
   * @default false, because clocks that differ make `nbf` one more reason to refuse
   */
  readonly notBefore?: boolean | undefined
  /**
   * The `typ` of the assertion's header, such as `JWT` or `client-authentication+jwt`.
   * @default none
   */
  readonly typ?: string | undefined
}

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions extends AssertionOptions {
  /**
   * The algorithm that the application is registered for at the provider. It must fit the key; whether it fits PEM shows
   * when the key is imported.
   * @default what the JWK or the `CryptoKey` states; else by the key: `RS256`, `ES256`, `ES384`, `ES512` or `EdDSA`
   */
  readonly alg?: SigningAlgorithm | undefined
  /**
   * Tells the provider which of the application's keys this is.
   * @default the `kid` of the JWK
   */
  readonly kid?: string | undefined
}

/** Options of {@link clientSecretJwt}. */
export interface ClientSecretJwtOptions extends AssertionOptions {
  /**
   * The algorithm that the application is registered for at the provider. The secret must be as long as its hash: 32,
   * 48 or 64 bytes.
   * @default 'HS256'
   */
  readonly alg?: 'HS256' | 'HS384' | 'HS512' | undefined
}

/** The age of a new assertion, so that providers whose clocks are behind also accept it. */
const BACKDATED_SECONDS = 10

const HMAC: readonly string[] = ['HS256', 'HS384', 'HS512']

/**
 * Authenticates with assertions that the application signs with its private key. Every attempt gets a new one.
 * The key is checked now, imported when it is first needed, and never leaves the process.
 *
 * @param key A private key: a `CryptoKey` that may sign, a JWK, or PEM (PKCS#8, `BEGIN PRIVATE KEY`). RSA of at least
 * 2048 bits, EC on P-256, P-384 or P-521, or Ed25519.
 * @throws LogoutError `invalid_options` when key and options do not fit; an import that fails, and an audience that is
 * not known, reject the call that needs them with the same code
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/core'
 * import { privateKeyJwt } from '@backend-logout/core/jwt'
 *
 * const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
 * createLogoutClient({
 *   appId: 'app',
 *   issuer: 'https://id.example.com',
 *   clientAuth: privateKeyJwt(privateKey, { kid: 'key-1' }),
 * })
 * ```
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 | RFC 7523 §3}
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication | OpenID Connect Core §9}
 */
export function privateKeyJwt(
  key: SigningCryptoKey | PrivateJwk | string,
  options: PrivateKeyJwtOptions = {},
): ClientAuth {
  checkOptions('privateKeyJwt', options)
  const { kid, load } = inspectKey(key, options)
  if (kid !== undefined && (typeof kid !== 'string' || kid === ''))
    invalidOption('privateKeyJwt.kid', 'must be a string.')
  return signedBy('private_key_jwt', kid, load, options)
}

/**
 * Authenticates with assertions that are signed with the application's secret, so that the secret itself is never sent.
 * Every attempt gets a new one.
 *
 * @param secret The application's secret. Leave `appSecret` out of the client's options then.
 * @throws LogoutError `invalid_options` when the secret is too short for the algorithm or an option is wrong; an
 * audience that is not known rejects the call that needs it with the same code
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/core'
 * import { clientSecretJwt } from '@backend-logout/core/jwt'
 *
 * const clientAuth = clientSecretJwt('a secret of at least 32 characters')
 * createLogoutClient({ appId: 'app', issuer: 'https://id.example.com', clientAuth })
 * ```
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication | OpenID Connect Core §9}
 */
export function clientSecretJwt(secret: string, options: ClientSecretJwtOptions = {}): ClientAuth {
  checkOptions('clientSecretJwt', options)
  const { alg = 'HS256' } = options
  if (typeof secret !== 'string' || !secret.isWellFormed()) invalidOption('clientSecretJwt.secret', 'must be a string.')
  if (!HMAC.includes(alg)) invalidOption('clientSecretJwt.alg', `must be one of ${HMAC.join(', ')}.`)
  const bits = Number(alg.slice(2))
  const bytes = new TextEncoder().encode(secret)
  if (bytes.length * 8 < bits) {
    invalidOption('clientSecretJwt.secret', `has ${bytes.length} bytes; alg ${alg} needs at least ${bits / 8}.`)
  }
  const load = async (): Promise<SigningKey> => {
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: `SHA-${bits}` }, false, ['sign'])
    return { key, alg }
  }
  return signedBy('client_secret_jwt', undefined, load, options)
}

function signedBy(
  method: string,
  kid: string | undefined,
  load: () => Promise<SigningKey>,
  { audience, lifetimeSeconds = 60, notBefore = false, typ }: AssertionOptions,
): ClientAuth {
  let loading: Promise<SigningKey> | undefined
  const authenticate: ClientAuth = async (context) => {
    const { appId, issuer } = context
    const meantFor: unknown = typeof audience === 'function' ? audience(context) : (audience ?? issuer)
    if (typeof meantFor !== 'string' || meantFor === '') {
      invalidOption('audience', `is required for ${method}, because endpoints do not include the provider's issuer.`)
    }
    loading ??= load()
    const { key, alg } = await loading
    const issuedAt = Math.floor(Date.now() / 1000) - BACKDATED_SECONDS
    const assertion = await new SignJWT(notBefore ? { nbf: issuedAt } : {})
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) })
      .setIssuer(appId)
      .setSubject(appId)
      .setAudience(meantFor as string)
      .setJti(crypto.randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key)
    return {
      body: {
        // RFC 7521 §4.2 makes it optional, as the assertion says it too; some providers look for it first.
        client_id: appId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    }
  }
  return Object.assign(authenticate, { method })
}

function checkOptions(what: string, options: AssertionOptions): void {
  if (typeof options !== 'object' || options === null) invalidOption(`${what}.options`, 'must be an object.')
  const { audience, lifetimeSeconds = 60, notBefore = false, typ } = options
  if (audience !== undefined && typeof audience !== 'function' && (typeof audience !== 'string' || audience === '')) {
    invalidOption(`${what}.audience`, 'must be a string, or a function that returns one.')
  }
  if (!(Number.isInteger(lifetimeSeconds) && lifetimeSeconds >= 30 && lifetimeSeconds <= 300)) {
    invalidOption(`${what}.lifetimeSeconds`, 'must be a whole number from 30 to 300.')
  }
  if (typeof notBefore !== 'boolean') invalidOption(`${what}.notBefore`, 'must be true or false.')
  if (typ !== undefined && !(typeof typ === 'string' && /^[\x21-\x7e]{1,100}$/.test(typ))) {
    invalidOption(`${what}.typ`, 'must be a media type of 1 to 100 characters, such as JWT.')
  }
}
