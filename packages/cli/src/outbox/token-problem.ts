import { characterProblem } from '../input/token-line.ts'

const MAX_TOKEN_LENGTH = 65_536

/**
 * The reason why the outbox or the provider would refuse a token. One bad token must not stop those that are stored
 * together with it.
 */
export function tokenProblem(token: unknown): string | undefined {
  if (typeof token !== 'string' || token === '') return 'A token is not a string.'
  if (token.length > MAX_TOKEN_LENGTH) return `A token has more than ${MAX_TOKEN_LENGTH} characters.`
  if (!token.isWellFormed()) return 'A token contains invalid text.'
  return characterProblem(token)
}
