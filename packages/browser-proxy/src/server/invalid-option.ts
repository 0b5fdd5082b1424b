import { LogoutError } from '@backend-logout/core'

/**
 * Refuses the value of an option.
 *
 * @param option Its name, which the message begins with.
 * @param reason The rest of the message: what it must be.
 * @throws LogoutError `invalid_options`
 */
export function invalidOption(option: string, reason: string): never {
  throw new LogoutError('invalid_options', `${option} ${reason}`, { option })
}
