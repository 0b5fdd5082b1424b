import { type CryptoKey, importJWK, type JWK } from 'jose'
import type { SignatureHeader } from './header.ts'
import { copyJwk } from './jwk.ts'

/** The maximum number of keys of a provider that are read. */
const MAX_KEYS = 100
/**
 * The maximum number of keys that are tried for one token. More than one matches only if the token or the keys have no
 * `kid`.
 */
const MAX_CANDIDATES = 4

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
}

/** The public keys of one issuer at one time. Each is imported when it is first needed. */
export class KeySet {
  readonly #keys: readonly JWK[]
  readonly #imported = new Map<string, Promise<CryptoKey | undefined>>()

  /** @param keys The `keys` of a JWK set, unchecked. */
  constructor(keys: unknown) {
    this.#keys = Array.isArray(keys) ? keys.slice(0, MAX_KEYS).map(copyJwk).filter(isVerificationKey) : []
  }

  /** The number of keys that can verify signatures. */
  get size(): number {
    return this.#keys.length
  }

  /** True if a key has this `kid`. */
  has(kid: string | undefined): boolean {
    return kid !== undefined && this.#keys.some((key) => key.kid === kid)
  }

  /** The keys that a signature may have been made with. Empty without one. */
  async candidates({ alg, kid }: SignatureHeader): Promise<CryptoKey[]> {
    const found: CryptoKey[] = []
    for (const [index, key] of this.#keys.entries()) {
      if (!fits(key, alg) || (kid !== undefined && key.kid !== undefined && key.kid !== kid)) continue
      // A key without a `kid` could be any; a key with the same `kid` is the right one.
      if (key.kid === undefined && this.has(kid)) continue
      const imported = await this.#import(index, key, alg)
      if (imported && found.push(imported) === MAX_CANDIDATES) break
    }
    return found
  }

  #import(index: number, key: JWK, alg: string): Promise<CryptoKey | undefined> {
    const name = `${index} ${alg}`
    let imported = this.#imported.get(name)
    if (!imported) {
      // Only the key material: its purpose has been checked.
      const { kty, n, e, crv, x, y } = key
      const parts = Object.fromEntries(
        Object.entries({ kty, n, e, crv, x, y }).filter(([, part]) => part !== undefined),
      )
      imported = importJWK(parts as JWK, alg).then(
        (result) => (result instanceof Uint8Array ? undefined : (result as CryptoKey)),
        // A key that this runtime cannot use counts as missing.
        () => undefined,
      )
      this.#imported.set(name, imported)
    }
    return imported
  }
}

/** Recognizes a public key for signatures (RFC 7517 §4.2, §4.3). Symmetric keys in a public set are ignored. */
function isVerificationKey({ kty, use, key_ops: operations, kid, alg }: JWK): boolean {
  return (
    (kty === 'RSA' || kty === 'EC' || kty === 'OKP') &&
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) &&
    (kid === undefined || typeof kid === 'string') &&
    (alg === undefined || typeof alg === 'string')
  )
}

/** True if a key can be for an algorithm, so that no signature is checked with a key for another one. */
function fits(key: JWK, alg: string): boolean {
  const isSame = key.alg === alg || (/^Ed/.test(alg) && /^Ed/.test(key.alg ?? ''))
  if (key.alg !== undefined && !isSame) return false
  if (/^[RP]S/.test(alg)) return key.kty === 'RSA'
  return key.kty === (alg.startsWith('ES') ? 'EC' : 'OKP') && key.crv === CURVES[alg]
}
