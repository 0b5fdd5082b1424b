import { type CryptoKey, compactVerify } from 'jose'
import type { CompactToken } from './compact-token.ts'
import { refuse } from './errors.ts'

/**
 * Verifies the signature of a JWS with one of a few keys.
 *
 * @throws LogoutTokenError `wrong_signature`
 */
export async function verifySignature({ parts }: CompactToken, keys: readonly CryptoKey[], alg: string): Promise<void> {
  const jws = parts.join('.')
  for (const key of keys) {
    try {
      await compactVerify(jws, key, { algorithms: [alg] })
      return
    } catch {
      // The next key, if there is one.
    }
  }
  refuse('wrong_signature', 'The signature of the token is invalid.')
}
