import { refuse } from '../errors.ts'

/** The least number of characters of a secret. */
const MIN_LENGTH = 16

/**
 * Lets requests in that have one of these secrets as their bearer token. To replace a secret, name the new one next to
 * the old one until all readers use it. Secrets are compared in constant time.
 *
 * @param secrets At least 16 characters each; better 32 random bytes, in base64url.
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { bearerAuthorization } from '@backend-logout/revocations/server'
 *
 * const authorize = bearerAuthorization('rSsYpCrs4HQjZVZx3Uk2qX8mUYyEiTnvEbSgkZ4Ck0I')
 * ```
 */
export function bearerAuthorization(...secrets: readonly string[]): (request: Request) => Promise<boolean> {
  for (const secret of secrets) {
    if (typeof secret !== 'string' || !/^[!-~]+$/.test(secret) || secret.length < MIN_LENGTH) {
      refuse(`A secret must be at least ${MIN_LENGTH} visible ASCII characters.`)
    }
  }
  if (secrets.length === 0) refuse('There must be a secret.')
  const known = Promise.all(secrets.map(digest))
  return async (request) => {
    const [, given = ''] = /^Bearer +([!-~]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const actual = await digest(given)
    let isKnown = false
    // All of them, so that the time does not tell which.
    for (const expected of await known) if (isSame(expected, actual)) isKnown = true
    return isKnown
  }
}

/** Digests have the same length, and a difference tells nothing of where the secrets differ. */
async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = 0
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] as number)
  return difference === 0
}
