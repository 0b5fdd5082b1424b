import { invalidOption } from './invalid-option.ts'

/** The algorithms that sign client assertions with a private key, by their registered names (RFC 7518 §3.1, RFC 8037). */
export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** The parts of a `CryptoKey` that are read here. */
export interface InspectedKey {
  readonly type: string
  readonly algorithm: {
    readonly name: string
    readonly namedCurve?: string
    readonly modulusLength?: number
    readonly hash?: { readonly name: string }
  }
}

/** Algorithms of a key; the first is the default. */
type Able = readonly [SigningAlgorithm, ...SigningAlgorithm[]]

const RSA: Able = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
// RFC 9864 defines a separate name for EdDSA with Ed25519, which few providers support yet.
const ED25519: Able = ['EdDSA', 'Ed25519']

/** By `kty` and `crv` of a JWK. */
const BY_JWK = new Map<string, Able>([
  ['RSA', RSA],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['OKP Ed25519', ED25519],
])

/** Keys that PEM may contain, one algorithm for each type. In PEM, this requires parsing its ASN.1. */
const PEM_DEFAULTS: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA']
const ALL: readonly unknown[] = [...RSA, 'ES256', 'ES384', 'ES512', ...ED25519]

/** By algorithm and hash or curve of a `CryptoKey`. */
const BY_CRYPTO_KEY = new Map<string, Able>([
  ['RSASSA-PKCS1-v1_5 SHA-256', ['RS256']],
  ['RSASSA-PKCS1-v1_5 SHA-384', ['RS384']],
  ['RSASSA-PKCS1-v1_5 SHA-512', ['RS512']],
  ['RSA-PSS SHA-256', ['PS256']],
  ['RSA-PSS SHA-384', ['PS384']],
  ['RSA-PSS SHA-512', ['PS512']],
  ['ECDSA P-256', ['ES256']],
  ['ECDSA P-384', ['ES384']],
  ['ECDSA P-521', ['ES512']],
  ['Ed25519', ED25519],
])

/**
 * Returns the signing algorithm of a JWK.
 *
 * @param alg The requested algorithm; the default is the JWK's own `alg`, then that of its type.
 * @throws LogoutError `invalid_options` when it is not a private key for signatures, or not one for `alg`
 */
export function algorithmOfJwk(jwk: Readonly<Record<string, unknown>>, alg: unknown): SigningAlgorithm {
  const { kty, crv, d, use, key_ops: operations, alg: own } = jwk
  if (kty === 'oct') invalidOption('privateKeyJwt.key', 'is a symmetric JWK; clientSecretJwt() takes the secret.')
  if (typeof kty !== 'string')
    invalidOption('privateKeyJwt.key', 'must be a CryptoKey, PEM as text, or a JWK with kty.')
  const name = kty === 'RSA' ? kty : `${shown(kty)} ${shown(crv)}`
  const able = BY_JWK.get(name)
  if (!able)
    return invalidOption(
      'privateKeyJwt.key',
      `must be a JWK for RSA, EC (P-256, P-384, P-521) or OKP Ed25519 (got ${name}).`,
    )
  if (typeof d !== 'string' || d === '')
    invalidOption('privateKeyJwt.key', `is a public JWK for ${name}; a private key is needed.`)
  if ((use !== undefined && use !== 'sig') || (Array.isArray(operations) && !operations.includes('sign'))) {
    invalidOption('privateKeyJwt.key', `is a JWK for ${name} that may not sign, by its 'use' or 'key_ops'.`)
  }
  if (own === undefined) return choose(able, alg, name)
  // One that is meant for RS256 is not used for PS256, but both names of EdDSA mean the same.
  const meant = choose(able, own, name)
  return choose(able === ED25519 ? able : [meant], alg ?? meant, `${name} with alg '${meant}'`)
}

/**
 * Returns the algorithms with which a PEM key may be imported, in the order to try them: the requested one, or the
 * default of each kind of key. A key can be imported for one kind only.
 *
 * @throws LogoutError `invalid_options` when it is not a private key in PKCS#8, or `alg` is not known
 */
export function algorithmsForPem(pem: string, alg: unknown): readonly SigningAlgorithm[] {
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1]
  if (label !== 'PRIVATE KEY') {
    const found = label === undefined ? 'another text' : `a '${label}'`
    const advice = 'openssl pkcs8 -topk8 -nocrypt converts other private keys'
    invalidOption('privateKeyJwt.key', `must be a PEM 'PRIVATE KEY', that is PKCS#8 (got ${found}); ${advice}.`)
  }
  if (!/-----BEGIN PRIVATE KEY-----[\sA-Za-z0-9+/]+={0,2}\s*-----END PRIVATE KEY-----/.test(pem)) {
    invalidOption('privateKeyJwt.key', 'is PEM that cannot be read: it is not base64, or its end is missing.')
  }
  if (alg === undefined) return PEM_DEFAULTS
  if (!ALL.includes(alg)) invalidOption('privateKeyJwt.alg', `must be one of ${ALL.join(', ')} (got ${shown(alg)}).`)
  return [alg as SigningAlgorithm]
}

/**
 * Returns the signing algorithm of a `CryptoKey`.
 *
 * @throws LogoutError `invalid_options` when it cannot sign client assertions, or not with `alg`
 */
export function algorithmOfCryptoKey(key: InspectedKey, alg: unknown): SigningAlgorithm {
  const { type, algorithm } = key
  const detail = algorithm.namedCurve ?? algorithm.hash?.name
  const name = detail === undefined ? algorithm.name : `${algorithm.name} ${detail}`
  const able = BY_CRYPTO_KEY.get(name)
  if (!able)
    return invalidOption('privateKeyJwt.key', `is a CryptoKey for ${name}, which does not sign client assertions.`)
  if (type !== 'private')
    invalidOption('privateKeyJwt.key', `is a ${type} CryptoKey for ${name}; a private key is needed.`)
  const chosen = choose(able, alg, name)
  checkModulus(key, chosen)
  return chosen
}

/**
 * Checks the size of an RSA key.
 *
 * @throws LogoutError `invalid_options` below 2048 bits
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3.3 | RFC 7518 §3.3}
 */
export function checkModulus({ algorithm: { modulusLength } }: InspectedKey, alg: string): void {
  if (modulusLength !== undefined && modulusLength < 2048) {
    invalidOption('privateKeyJwt.key', `is an RSA key of ${modulusLength} bits; ${alg} needs at least 2048.`)
  }
}

function choose(able: Able, alg: unknown, name: string): SigningAlgorithm {
  const chosen = alg === undefined ? able[0] : able.find((one) => one === alg)
  return (
    chosen ??
    invalidOption(
      'privateKeyJwt.alg',
      `${shown(alg)} does not match the key, which is for ${name}: it supports ${able.join(', ')}.`,
    )
  )
}

function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w-]{1,20}$/.test(value) ? value : typeof value
}
