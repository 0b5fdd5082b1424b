import { type CryptoKey, compactVerify } from 'jose'
import type { CompactToken } from './compact-token.ts'

/** Checks if the signature of a JWS was made with one of a few keys. */
export async function isSignedWith(keys: readonly CryptoKey[], { parts }: CompactToken, alg: string): Promise<boolean> {
  const jws = parts.join('.')
  for (const key of keys) {
    try {
      await compactVerify(jws, key, { algorithms: [alg] })
      return true
    } catch {
      // The next key, if there is one.
    }
  }
  return false
}
