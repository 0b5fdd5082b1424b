import { invalidOption } from './invalid-option.ts'
import { findUnknownOption } from './unknown-option.ts'

/**
 * Refuses an option that does not exist, and names the one that is probably meant. All packages that import this one
 * check their options with it.
 *
 * @param known An object with the names that exist.
 * @param hints Advice for other names, as the end of a sentence.
 * @param of The option that contains these options, followed by a dot.
 * @param code The code of the error.
 * @throws LogoutError with `code` and `option`
 * @example
 * ```ts
 * import { refuseUnknownOption } from '@backend-logout/core'
 *
 * export function checkPool(pool: object): void {
 *   refuseUnknownOption(pool, { connections: true }, { sockets: 'use connections' }, 'pool.')
 * }
 * ```
 */
export function refuseUnknownOption(
  options: object,
  known: object,
  hints?: Readonly<Record<string, string>>,
  of: string = '',
  code?: 'invalid_options' | 'invalid_argument',
): void {
  const unknown = findUnknownOption(options, known, hints)
  if (unknown) invalidOption(of + unknown.option, unknown.reason, code)
}
