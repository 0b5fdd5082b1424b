import { LogoutError } from './errors.ts'

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

/** A `CryptoKey`, as far as it is looked at here. */
export interface InspectedKey {
  readonly type: string
  readonly algorithm: {
    readonly name: string
    readonly namedCurve?: string
    readonly modulusLength?: number
    readonly hash?: { readonly name: string }
  }
}

/** What a key can sign with; the first one is used when nothing else is asked for. */
type Able = readonly [SigningAlgorithm, ...SigningAlgorithm[]]

const RSA: Able = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
// RFC 9864 gives EdDSA with Ed25519 a name of its own, which few providers know yet.
const ED25519: Able = ['EdDSA', 'Ed25519']

/** By `kty` and `crv` of a JWK. */
const BY_JWK = new Map<string, Able>([
  ['RSA', RSA],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['OKP Ed25519', ED25519],
])

/** By the object identifiers of key type and curve, in hexadecimal (RFC 8017, RFC 5480, RFC 8410). */
const BY_OBJECT_IDENTIFIERS = new Map<string, readonly [name: string, Able]>([
  ['2a864886f70d010101', ['RSA', RSA]],
  ['2a8648ce3d0201 2a8648ce3d030107', ['EC P-256', ['ES256']]],
  ['2a8648ce3d0201 2b81040022', ['EC P-384', ['ES384']]],
  ['2a8648ce3d0201 2b81040023', ['EC P-521', ['ES512']]],
  ['2b6570', ['Ed25519', ED25519]],
])

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
 * Tells with which algorithm a JWK signs.
 *
 * @param alg What the caller asks for; without it the JWK's own `alg` decides, then its type.
 * @throws LogoutError `invalid_options` when it is not a private key for signatures, or not one for `alg`
 */
export function algorithmOfJwk(jwk: Readonly<Record<string, unknown>>, alg: unknown): SigningAlgorithm {
  const { kty, crv, d, use, key_ops: operations, alg: own } = jwk
  if (kty === 'oct') refuse('key is a symmetric JWK; clientSecretJwt() takes the secret.')
  const name = kty === 'RSA' ? kty : `${shown(kty)} ${shown(crv)}`
  const able = BY_JWK.get(name)
  if (!able) return refuse(`key must be a JWK for RSA, EC (P-256, P-384, P-521) or OKP Ed25519 (got ${name}).`)
  if (typeof d !== 'string' || d === '') refuse(`key is a public JWK for ${name}; a private key is needed.`)
  if ((use !== undefined && use !== 'sig') || (Array.isArray(operations) && !operations.includes('sign'))) {
    refuse(`key is a JWK for ${name} that may not sign, by its 'use' or 'key_ops'.`)
  }
  if (own === undefined) return choose(able, alg, name)
  // One that is meant for RS256 is not used for PS256, but both names of EdDSA mean the same.
  const meant = choose(able, own, name)
  return choose(able === ED25519 ? able : [meant], alg ?? meant, `${name} with alg '${meant}'`)
}

/**
 * Tells with which algorithm a PEM key signs, without importing it.
 *
 * @throws LogoutError `invalid_options` when it is not a private key in PKCS#8, or not one for `alg`
 */
export function algorithmOfPem(pem: string, alg: unknown): SigningAlgorithm {
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1]
  if (label !== 'PRIVATE KEY') {
    const found = label === undefined ? 'another text' : `a '${label}'`
    const advice = 'openssl pkcs8 -topk8 -nocrypt converts other private keys'
    refuse(`key must be a PEM 'PRIVATE KEY', that is PKCS#8 (got ${found}); ${advice}.`)
  }
  const known = BY_OBJECT_IDENTIFIERS.get(objectIdentifiers(pem))
  if (!known) return refuse('key is PEM that cannot be read, or not for RSA, EC (P-256, P-384, P-521) or Ed25519.')
  const [name, able] = known
  return choose(able, alg, name)
}

/**
 * Tells with which algorithm a `CryptoKey` signs.
 *
 * @throws LogoutError `invalid_options` when it cannot sign client assertions, or not with `alg`
 */
export function algorithmOfCryptoKey(key: InspectedKey, alg: unknown): SigningAlgorithm {
  const { type, algorithm } = key
  const detail = algorithm.namedCurve ?? algorithm.hash?.name
  const name = detail === undefined ? algorithm.name : `${algorithm.name} ${detail}`
  const able = BY_CRYPTO_KEY.get(name)
  if (!able) return refuse(`key is a CryptoKey for ${name}, which does not sign client assertions.`)
  if (type !== 'private') refuse(`key is a ${type} CryptoKey for ${name}; a private key is needed.`)
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
    refuse(`key is an RSA key of ${modulusLength} bits; ${alg} needs at least 2048.`)
  }
}

function choose(able: Able, alg: unknown, name: string): SigningAlgorithm {
  const chosen = alg === undefined ? able[0] : able.find((one) => one === alg)
  return chosen ?? refuse(`alg ${shown(alg)} does not fit key, which is one for ${name}: it can do ${able.join(', ')}.`)
}

/** Reads which kind of key a PKCS#8 structure holds, and for EC on which curve (RFC 5208 §5). */
function objectIdentifiers(pem: string): string {
  const base64 = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]*)-----END PRIVATE KEY-----/.exec(pem)?.[1]
  let der: Uint8Array
  try {
    der = Uint8Array.from(atob(base64 ?? ''), (character) => character.charCodeAt(0))
  } catch {
    return ''
  }
  // Each element is a tag, a length of one byte, or more when its first bit is set, and the content.
  const lengthAt = (at: number): number => der[at + 1] ?? 0
  const contentAt = (at: number): number => at + 2 + (lengthAt(at) & 0x80 ? lengthAt(at) & 0x7f : 0)
  const shortEnd = (at: number): number => at + 2 + lengthAt(at)
  const version = contentAt(0)
  const type = contentAt(shortEnd(version))
  const parameter = shortEnd(type)
  const hex = (from: number, to: number): string =>
    Array.from(der.subarray(from, to), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const curve = der[parameter] === OBJECT_IDENTIFIER ? ` ${hex(parameter + 2, shortEnd(parameter))}` : ''
  return hex(type + 2, shortEnd(type)) + curve
}

const OBJECT_IDENTIFIER = 6

function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w-]{1,20}$/.test(value) ? value : typeof value
}

function refuse(reason: string): never {
  throw new LogoutError('invalid_options', `privateKeyJwt: ${reason}`)
}
