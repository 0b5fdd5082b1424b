import { invalidOption } from './invalid-option.ts'

/**
 * Checks an address to which the provider sends the user back. It may have an application's own scheme, but not one
 * that a browser would execute.
 *
 * @param option The name of its option.
 * @throws LogoutError with `code`
 */
export function returnAddress(
  value: unknown,
  option: 'redirectUri' | 'logoutRedirectUri',
  code: 'invalid_options' | 'invalid_argument' = 'invalid_options',
): string | undefined {
  if (value === undefined) return undefined
  const url =
    (typeof value === 'string' || value instanceof URL) && String(value).length <= 2048
      ? URL.parse(String(value))
      : null
  if (!url || /^(?:javascript|data|vbscript|blob|file):$/.test(url.protocol)) {
    invalidOption(option, 'must be an absolute URL of at most 2048 characters.', code)
  }
  // Unchanged: providers compare it with the registered one character by character.
  return String(value)
}
