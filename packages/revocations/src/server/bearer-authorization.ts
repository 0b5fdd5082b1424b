import { refuse } from '../errors.ts'

/** The minimum length of a secret, in characters. */
const MIN_LENGTH = 16

/**
 * Accepts requests with one of these secrets as their bearer token. To replace a secret, pass both until all readers
 * use the new one. Secrets are compared in constant time.
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
export function bearerAuthorization(...secrets: readonly string[]): (request: Request) => boolean {
  for (const secret of secrets) {
    if (typeof secret !== 'string' || !/^[!-~]+$/.test(secret) || secret.length < MIN_LENGTH) {
      refuse(`A secret must be at least ${MIN_LENGTH} visible ASCII characters.`)
    }
  }
  if (secrets.length === 0) refuse('At least one secret is required.')
  return (request) => {
    const [, given = ''] = /^Bearer +([!-~]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    let isKnown = false
    // All of them, so that the duration does not reveal which one matches.
    for (const secret of secrets) if (isSame(secret, given)) isKnown = true
    return isKnown
  }
}

/**
 * The duration does not depend on the position of a difference, only on the length of the secret. A digest would cost
 * more than the response.
 */
function isSame(secret: string, given: string): boolean {
  let difference = secret.length ^ given.length
  for (let index = 0; index < secret.length; index++) difference |= secret.charCodeAt(index) ^ given.charCodeAt(index)
  return difference === 0
}
