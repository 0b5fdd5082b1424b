/**
 * Client authentication by signed assertions: `private_key_jwt` and `client_secret_jwt`.
 *
 * @module
 */

import type { CryptoKey, JWK } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import {
  type AssertionOptions,
  type ClientSecretJwtOptions,
  checkAssertionOptions,
  type PrivateKeyJwtOptions,
} from './assertion-options.ts'
import type { ClientAuth, ClientAuthContext } from './client-auth.ts'
import { invalidOption } from './invalid-option.ts'
import { inspectKey, type SigningKey } from './signing-key.ts'

export type { AssertionOptions, ClientSecretJwtOptions, PrivateKeyJwtOptions } from './assertion-options.ts'
export type { AuthenticatedEndpoint, ClientAuth, ClientAuthContext, ClientCredential } from './client-auth.ts'
export type { SigningAlgorithm } from './signing-algorithm.ts'

/** A Web Crypto key that may sign, as the runtime declares it. */
export type SigningCryptoKey = CryptoKey

/**
 * A private key as a JSON Web Key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 §4}
 */
export type PrivateJwk = JWK

/** The age of a new assertion, so that providers whose clocks are behind also accept it. */
const BACKDATED_SECONDS = 10

const HMAC: readonly string[] = ['HS256', 'HS384', 'HS512']

/**
 * Authenticates with assertions that the application signs with its private key. Every attempt gets a new one.
 * The key is checked now, imported when it is first needed, and never leaves the process.
 *
 * @param key A private key: a `CryptoKey` that may sign, a JWK, or PEM (PKCS#8, `BEGIN PRIVATE KEY`). RSA of at least
 * 2048 bits, EC on P-256, P-384 or P-521, or Ed25519. A `KeyObject` of Node.js becomes a JWK by
 * `key.export({ format: 'jwk' })`.
 * @throws LogoutError `invalid_options` when key and options do not match; an import that fails, and an audience that
 * is not known, reject the call that needs them with the same code
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
  checkAssertionOptions('privateKeyJwt', options)
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
  checkAssertionOptions('clientSecretJwt', options)
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
    const { appId } = context
    const meantFor = audienceOf(audience, context, method)
    loading ??= load()
    const { key, alg } = await loading
    const issuedAt = Math.floor(Date.now() / 1000) - BACKDATED_SECONDS
    const assertion = await new SignJWT(notBefore ? { nbf: issuedAt } : {})
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) })
      .setIssuer(appId)
      .setSubject(appId)
      .setAudience(meantFor)
      .setJti(crypto.randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key)
    return {
      body: {
        // RFC 7521 §4.2 makes it optional, because the assertion also contains it; some providers require it.
        client_id: appId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    }
  }
  return Object.assign(authenticate, { method })
}

function audienceOf(audience: AssertionOptions['audience'], context: ClientAuthContext, method: string): string {
  const meantFor: unknown = typeof audience === 'function' ? audience(context) : (audience ?? context.issuer)
  if (typeof meantFor === 'string' && meantFor !== '') return meantFor
  if (typeof audience !== 'function') {
    invalidOption('audience', `is required for ${method}, because endpoints do not include the provider's issuer.`)
  }
  const isPromise = typeof Object(meantFor).then === 'function'
  const got = isPromise ? 'a promise' : meantFor === '' ? 'an empty string' : String(meantFor && typeof meantFor)
  const isUnknown = meantFor === undefined && context.issuer === undefined
  const hint = isUnknown ? ' With endpoints, the issuer is not known.' : ''
  return invalidOption('audience', `must be a function that returns a string for ${method} (got ${got}).${hint}`)
}
