import { type CryptoKey, compactDecrypt, importJWK, type JWK } from 'jose'
import type { CompactToken } from './compact-token.ts'
import { member } from './compact-token.ts'
import { refuse } from './errors.ts'
import { checkExtensions, readKid } from './header.ts'
import type { DecryptionJwk } from './options.ts'

/**
 * The accepted key encryption algorithms. Not RSA1_5, which is broken, and no passwords, whose cost the sender chooses.
 */
const KEY_ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RSA-OAEP-256', 'RSA-OAEP', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  EC: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
}
const CONTENT_ALGORITHMS = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']

/** The maximum number of keys that are tried for one token. More than one matches only if there is no `kid`. */
const MAX_CANDIDATES = 4

/**
 * Decrypts an encrypted logout token into the signed one in it.
 *
 * @throws LogoutTokenError `undecryptable` or `unsupported_header`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#appendix-A.2 | RFC 7519, nested JWT}
 */
export async function decrypt({ parts, header }: CompactToken, keys: readonly DecryptionJwk[]): Promise<string> {
  checkExtensions(header)
  const alg = member(header, 'alg')
  const kid = readKid(header)
  const fitting = keys.filter(
    (key) =>
      (kid === undefined || key.kid === undefined || key.kid === kid) &&
      (key.alg === undefined || key.alg === alg) &&
      KEY_ALGORITHMS[String(key.kty)]?.includes(String(alg)),
  )
  for (const key of fitting.slice(0, MAX_CANDIDATES)) {
    try {
      const options = { keyManagementAlgorithms: [String(alg)], contentEncryptionAlgorithms: CONTENT_ALGORITHMS }
      const { plaintext } = await compactDecrypt(parts.join('.'), await importPrivate(key, String(alg)), options)
      return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
    } catch {
      // The reason for the failure stays secret: it would help an attacker.
    }
  }
  return refuse('undecryptable', 'No decryption key of the application matches the token.')
}

const imported = new WeakMap<DecryptionJwk, Map<string, Promise<CryptoKey>>>()

function importPrivate(key: DecryptionJwk, alg: string): Promise<CryptoKey> {
  const algorithms = imported.get(key) ?? new Map<string, Promise<CryptoKey>>()
  imported.set(key, algorithms)
  const { use: _use, key_ops: _operations, ext: _extractable, ...jwk } = key
  const promise = algorithms.get(alg) ?? (importJWK(jwk as JWK, alg, { extractable: false }) as Promise<CryptoKey>)
  algorithms.set(alg, promise)
  return promise
}
