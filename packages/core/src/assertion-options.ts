import type { ClientAuthContext } from './client-auth.ts'
import { invalidOption } from './invalid-option.ts'
import { refuseUnknownOption } from './refuse-unknown-option.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'
import type { Names } from './unknown-option.ts'

/** Claims of an assertion in addition to the identity of the application. */
export interface AssertionOptions {
  /**
   * The audience of the assertion. A function is called for each assertion: for a provider that requires the address of
   * the endpoint, it is `({ url }) => url`. It cannot be async.
   * @default the provider's issuer; with `endpoints`, it is unknown, so the option is required
   */
  readonly audience?: string | ((context: ClientAuthContext) => string) | undefined
  /**
   * From `iat` to `exp`, in seconds, 30 to 300. `iat` is 10 seconds in the past, because clocks differ.
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

/** Options of `privateKeyJwt`. */
export interface PrivateKeyJwtOptions extends AssertionOptions {
  /**
   * The algorithm that the application is registered for at the provider. It must fit the key; whether it fits PEM shows
   * when the key is imported.
   * @default what the JWK or the `CryptoKey` states; else by the key: `RS256`, `ES256`, `ES384`, `ES512` or `EdDSA`
   */
  readonly alg?: SigningAlgorithm | undefined
  /**
   * Identifies this key among the application's keys.
   * @default the `kid` of the JWK
   */
  readonly kid?: string | undefined
}

/** Options of `clientSecretJwt`. */
export interface ClientSecretJwtOptions extends AssertionOptions {
  /**
   * The algorithm that the application is registered for at the provider. The secret must be as long as its hash: 32,
   * 48 or 64 bytes.
   * @default 'HS256'
   */
  readonly alg?: 'HS256' | 'HS384' | 'HS512' | undefined
}

const ASSERTION: Names<AssertionOptions> = { audience: true, lifetimeSeconds: true, notBefore: true, typ: true }
const PRIVATE_KEY: Names<PrivateKeyJwtOptions> = { ...ASSERTION, alg: true, kid: true }
const CLIENT_SECRET: Names<ClientSecretJwtOptions> = { ...ASSERTION, alg: true }
/** Other names for them. */
const HINTS = { expiresIn: 'use lifetimeSeconds', aud: 'use audience', keyId: 'use kid', algorithm: 'use alg' }

/**
 * Checks the options of assertions.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkAssertionOptions(what: 'privateKeyJwt' | 'clientSecretJwt', options: AssertionOptions): void {
  if (typeof options !== 'object' || options === null) invalidOption(`${what}.options`, 'must be an object.')
  const known = what === 'privateKeyJwt' ? PRIVATE_KEY : CLIENT_SECRET
  refuseUnknownOption(options, known, HINTS, `${what}.`)
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
