import { findUnknownOption, LogoutError } from '@backend-logout/core'

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

/**
 * Refuses an option that does not exist.
 *
 * @param known An object with the names that exist.
 * @param hints What to do in place of other names.
 * @throws LogoutError `invalid_options`
 */
export function refuseUnknown(options: object, known: object, hints?: Readonly<Record<string, string>>): void {
  const unknown = findUnknownOption(options, known, hints)
  if (unknown) invalidOption(unknown.option, unknown.reason)
}
