import { LogoutError } from './errors.ts'

/** The algorithms that can sign a client assertion with a private key, by their registered names (RFC 7518 §3.1). */
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

/** What a key is good for. */
interface KeyKind {
  /** How messages call it, such as `an EC key on P-256`. */
  readonly name: string
  /** What it can sign with; the first one is used when nothing else is asked for. */
  readonly algorithms: readonly SigningAlgorithm[]
}

/** A `CryptoKey`, as far as it is looked at here. */
export interface InspectedKey {
  readonly type: string
  readonly usages: readonly string[]
  readonly algorithm: {
    readonly name: string
    readonly namedCurve?: string
    readonly modulusLength?: number
    readonly hash?: { readonly name: string }
  }
}

const RSA: KeyKind = { name: 'an RSA key', algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] }
// RFC 9864 gives EdDSA with Ed25519 a name of its own, which few providers know yet.
const ED25519: KeyKind = { name: 'an Ed25519 key', algorithms: ['EdDSA', 'Ed25519'] }
const P256: KeyKind = { name: 'an EC key on P-256', algorithms: ['ES256'] }
const P384: KeyKind = { name: 'an EC key on P-384', algorithms: ['ES384'] }
const P521: KeyKind = { name: 'an EC key on P-521', algorithms: ['ES512'] }

/** By `kty` and `crv` of a JWK. */
const BY_JWK: Readonly<Record<string, KeyKind>> = {
  RSA,
  'EC P-256': P256,
  'EC P-384': P384,
  'EC P-521': P521,
  'OKP Ed25519': ED25519,
}

/** By the object identifier of the key, and for EC that of the curve, in hexadecimal (RFC 5480, RFC 8017, RFC 8410). */
const BY_OBJECT_IDENTIFIER: Readonly<Record<string, KeyKind>> = {
  '2a864886f70d010101': RSA,
  '2a8648ce3d0201 2a8648ce3d030107': P256,
  '2a8648ce3d0201 2b81040022': P384,
  '2a8648ce3d0201 2b81040023': P521,
  '2b6570': ED25519,
}

/**
 * Tells with which algorithm a JWK signs.
 *
 * @param alg What the caller asks for; otherwise the JWK's own `alg` decides, then its type.
 * @throws LogoutError `invalid_options` when it is not a private key for signatures, or not one for `alg`
 */
export function algorithmOfJwk(jwk: Readonly<Record<string, unknown>>, alg: unknown): SigningAlgorithm {
  const { kty, crv, d, use, key_ops: operations, alg: own } = jwk
  if (kty === 'oct') refuse('key is symmetric: clientSecretJwt() is for secrets.')
  const kind = Object.hasOwn(BY_JWK, kindName(kty, crv)) ? BY_JWK[kindName(kty, crv)] : undefined
  if (!kind) return refuse('key must be a JWK with kty RSA, EC (P-256, P-384, P-521) or OKP (Ed25519).')
  if (typeof d !== 'string' || d === '') refuse(`key is ${kind.name}, but only the public part of it.`)
  const signs = (use === undefined || use === 'sig') && (!Array.isArray(operations) || operations.includes('sign'))
  if (!signs) refuse(`key is ${kind.name} that its 'use' or 'key_ops' keeps from signing.`)
  if (own === undefined) return choose(kind, alg)
  const algorithm = choose(kind, own)
  if (alg === undefined || alg === algorithm) return algorithm
  // Both names of the one algorithm for Ed25519 fit; a key that is meant for another algorithm does not.
  return kind === ED25519 ? choose(kind, alg) : refuse(`alg '${shown(alg)}' does not fit a key for '${algorithm}'.`)
}

/**
 * Tells with which algorithm a PEM key signs, without importing it.
 *
 * @throws LogoutError `invalid_options` when it is not a private key in PKCS#8, or not one for `alg`
 */
export function algorithmOfPem(pem: string, alg: unknown): SigningAlgorithm {
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1]
  if (label !== 'PRIVATE KEY') {
    const found = label === undefined ? 'no PEM' : `'BEGIN ${label}'`
    refuse(`key must be PEM with 'BEGIN PRIVATE KEY' (got ${found}); openssl pkcs8 -topk8 -nocrypt converts keys.`)
  }
  const identifier = objectIdentifier(pem)
  const kind = Object.hasOwn(BY_OBJECT_IDENTIFIER, identifier) ? BY_OBJECT_IDENTIFIER[identifier] : undefined
  if (!kind) return refuse('key is PEM that cannot be read, or not RSA, EC (P-256, P-384, P-521) or Ed25519.')
  return choose(kind, alg)
}

/**
 * Tells with which algorithm a `CryptoKey` signs.
 *
 * @throws LogoutError `invalid_options` when it cannot sign client assertions, or not with `alg`
 */
export function algorithmOfCryptoKey(key: InspectedKey, alg: unknown): SigningAlgorithm {
  const { name, namedCurve, hash } = key.algorithm
  const bits = hash?.name.replace(/^SHA-/, '')
  const described = [name, namedCurve, hash?.name].filter(Boolean).join(' ')
  const found = [RSA, P256, P384, P521, ED25519]
    .flatMap(({ algorithms }) => algorithms)
    .filter((one) =>
      name === 'RSASSA-PKCS1-v1_5'
        ? one === `RS${bits}`
        : name === 'RSA-PSS'
          ? one === `PS${bits}`
          : name === 'ECDSA'
            ? kindName('EC', namedCurve) in BY_JWK && one === BY_JWK[kindName('EC', namedCurve)]?.algorithms[0]
            : name === 'Ed25519' && ED25519.algorithms.includes(one),
    )
  if (key.type !== 'private') refuse(`key must be a private CryptoKey (got a ${key.type} one for ${described}).`)
  if (!found.length) refuse(`key is a CryptoKey for ${described}, which cannot sign client assertions.`)
  const algorithm = choose({ name: `a CryptoKey for ${described}`, algorithms: found }, alg)
  checkSigningKey(key, algorithm)
  return algorithm
}
