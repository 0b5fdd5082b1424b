import { invalidOption } from './invalid-option.ts'

/** The shortest key, in bytes: a shorter one could be guessed, like a short token. */
const LEAST_KEY_BYTES = 16

/**
 * Names a token without showing it: the first 8 bytes of its SHA-256 in hexadecimal, such as `sha256:9f86d081884c7d65`,
 * or with a key those of its HMAC-SHA-256, such as `hmac:5b7a…`. The same token and key have the same fingerprint on
 * every runtime, so logs, events and reports can be matched.
 *
 * Without a key, anyone who reads a fingerprint can test guesses. That does not reveal a random token of 128 bits, as
 * most tokens are, but it reveals a short or predictable one: use a key for those. With a key, only its owner can test
 * guesses or match fingerprints.
 *
 * @param token The token, of any kind.
 * @param key A secret of at least 16 bytes in UTF-8, such as 32 random bytes in base64.
 * @throws LogoutError `invalid_options` when the key is too short
 * @example
 * ```ts
 * import { fingerprintToken } from '@backend-logout/core'
 *
 * console.log(await fingerprintToken('a token'), await fingerprintToken('a token', 'a secret of 16 bytes or more'))
 * ```
 */
export async function fingerprintToken(token: string, key?: string): Promise<string> {
  const { subtle } = crypto
  const bytes = new TextEncoder().encode(token)
  if (key !== undefined) checkFingerprintKey(key)
  const digest = key
    ? await subtle.sign(
        'HMAC',
        await subtle.importKey('raw', new TextEncoder().encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
          'sign',
        ]),
        bytes,
      )
    : await subtle.digest('SHA-256', bytes)
  const hex = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0'))
  return `${key ? 'hmac' : 'sha256'}:${hex.join('')}`
}

/**
 * Checks a key for fingerprints.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkFingerprintKey(key: unknown): string {
  if (typeof key === 'string' && new TextEncoder().encode(key).length >= LEAST_KEY_BYTES) return key
  return invalidOption('fingerprintKey', `must be a string of at least ${LEAST_KEY_BYTES} bytes.`)
}
