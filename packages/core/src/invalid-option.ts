import { LogoutError } from './errors.ts'

/**
 * Refuses the value of an option or argument, for packages that add options to a client.
 *
 * @param option Its name, which the message begins with.
 * @param reason The rest of the message: the valid values.
 * @param code `invalid_options` or `invalid_argument`.
 * @throws LogoutError with `code` and `option`
 * @example
 * ```ts
 * import { invalidOption } from '@backend-logout/core'
 *
 * export function checkConnections(connections: number): void {
 *   if (!(connections > 0)) invalidOption('connections', 'must be a positive number.')
 * }
 * ```
 */
export function invalidOption(
  option: string,
  reason: string,
  code: 'invalid_options' | 'invalid_argument' = 'invalid_options',
): never {
  throw new LogoutError(code, `${option} ${reason}`, { option })
}
