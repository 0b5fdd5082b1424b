import { lstatSync } from 'node:fs'

/**
 * How messages call a file that an argument or a variable names: by its name if the file exists, otherwise by its role.
 * A name without a file may be a token, a key or a password in the wrong place, which must not be repeated.
 *
 * @param role Such as `the journal`.
 */
export function shownName(path: string, role: string): string {
  try {
    lstatSync(path)
    return path
  } catch {
    return role
  }
}
