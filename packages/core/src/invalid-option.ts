import { LogoutError } from './errors.ts'

/**
 * Refuses the value of an option or argument.
 *
 * @param option Its name, which the message begins with.
 * @param reason The rest of the message: what it must be.
 * @throws LogoutError with `code` and `option`
 */
export function invalidOption(
  option: string,
  reason: string,
  code: 'invalid_options' | 'invalid_argument' = 'invalid_options',
): never {
  throw new LogoutError(code, `${option} ${reason}`, { option })
}
