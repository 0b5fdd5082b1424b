/**
 * True for a name of a schema or a role that can be part of a statement without quotes.
 *
 * @example
 * ```ts
 * import { isPlainName } from '@backend-logout/private-store'
 *
 * console.log(isPlainName('logout_worker'), isPlainName('x; DROP TABLE users')) // true false
 * ```
 */
export function isPlainName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_][a-z0-9_]{0,49}$/.test(value)
}
