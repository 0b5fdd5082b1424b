import { isLogoutTokenError } from '../errors.ts'
import type { LogoutTokenVerifier } from '../verifier.ts'

/** The reason why a verifier refuses a token, or `accepted`. */
export async function verdictOf(token: string | Promise<string>, by: LogoutTokenVerifier): Promise<string> {
  try {
    await by.verify(await token)
    return 'accepted'
  } catch (error) {
    if (!isLogoutTokenError(error)) throw error
    return error.code
  }
}
