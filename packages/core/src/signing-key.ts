import type { CryptoKey, JWK } from 'jose'
import { importJWK, importPKCS8 } from 'jose/key/import'
import { invalidOption } from './invalid-option.ts'
import {
  algorithmOfCryptoKey,
  algorithmOfJwk,
  algorithmsForPem,
  checkModulus,
  type SigningAlgorithm,
} from './signing-algorithm.ts'

/** An imported key and its algorithm. */
export interface SigningKey {
  readonly key: CryptoKey
  readonly alg: string
}

/** A checked private key. */
export interface InspectedKey {
  /** The key's id, as the application or the JWK has it. */
  readonly kid: unknown
  readonly load: () => Promise<SigningKey>
}

/**
 * Checks a private key, and returns how to import it.
 *
 * @param options The algorithm and the id that the application states.
 * @throws LogoutError `invalid_options`
 */
export function inspectKey(
  key: unknown,
  { alg: wanted, kid }: { readonly alg?: SigningAlgorithm | undefined; readonly kid?: unknown },
): InspectedKey {
  if (typeof key === 'string') {
    // Environment variables often contain the line breaks of PEM as `\n` or `\r\n` in plain characters.
    const pem = privateKeyIn(key.replaceAll(/\\[rn]/g, '\n').trim())
    const algorithms = algorithmsForPem(pem, wanted)
    return { kid, load: () => importFirst(algorithms, (alg) => importPKCS8(pem, alg)) }
  }
  if (typeof key !== 'object' || key === null) {
    return invalidOption('privateKeyJwt.key', 'must be a CryptoKey, a JWK, or PEM.')
  }
  if (isCryptoKey(key)) {
    const alg = algorithmOfCryptoKey(key, wanted)
    return { kid, load: async () => ({ key, alg }) }
  }
  refuseOtherForm(key)
  // A copy: later changes to the caller's object must have no effect. The purpose of the key has been checked.
  const { alg: _alg, use: _use, key_ops: _operations, ext: _extractable, ...jwk } = key as JWK
  const algorithm = algorithmOfJwk(key as Record<string, unknown>, wanted)
  const load = (): Promise<SigningKey> =>
    importFirst([algorithm], (alg) => importJWK(jwk as JWK, alg, { extractable: false }))
  return { kid: kid ?? jwk.kid, load }
}

const PRIVATE_KEY = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'] as const

/** The private key in PEM, without what is around it: attributes (OpenSSL's PKCS #12), certificates, or comments. */
function privateKeyIn(pem: string): string {
  const [begin, end] = PRIVATE_KEY
  // A comment may contain either line: the key is between an end and the last beginning before it.
  const stop = pem.indexOf(end, pem.indexOf(begin))
  const start = pem.lastIndexOf(begin, stop)
  return start >= 0 && stop > start ? pem.slice(start, stop + end.length) : pem
}

/** Imports a key for the first algorithm that it can be imported for. */
async function importFirst(
  algorithms: readonly SigningAlgorithm[],
  importKey: (alg: SigningAlgorithm) => Promise<CryptoKey | Uint8Array>,
): Promise<SigningKey> {
  for (const alg of algorithms) {
    let key: CryptoKey
    try {
      key = (await importKey(alg)) as CryptoKey
    } catch {
      // The cause is dropped: runtimes may quote unreadable input.
      continue
    }
    checkModulus(key, alg)
    return { key, alg }
  }
  const reason = `could not be imported for ${algorithms.join(', ')}: it is damaged, of another type or curve, or`
  return invalidOption('privateKeyJwt.key', `${reason} this runtime does not support it.`)
}

/** Refuses an object that has a key in another form: a `KeyObject` or a `Buffer` of Node.js, or a promise of a key. */
function refuseOtherForm(key: object): void {
  const advice = "pass its PEM as text, or key.export({ format: 'jwk' })."
  const { export: exporting, then } = key as Readonly<Record<string, unknown>>
  if (typeof then === 'function') invalidOption('privateKeyJwt.key', 'is a promise: await it.')
  if (typeof exporting === 'function') invalidOption('privateKeyJwt.key', `is a KeyObject: ${advice}`)
  if (ArrayBuffer.isView(key) || key instanceof ArrayBuffer) {
    invalidOption('privateKeyJwt.key', 'is bytes: pass the PEM as text, such as key.toString().')
  }
}

function isCryptoKey(key: object): key is CryptoKey {
  return Object.prototype.toString.call(key) === '[object CryptoKey]'
}
