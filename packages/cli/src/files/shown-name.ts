import { lstatSync } from 'node:fs'

/**
 * How messages call a file that an argument or a variable names: by its name if the file exists, otherwise by its role.
 * A name without a file may be a token, a key or a password in the wrong place, which must not be repeated. So take the
 * name before you create the file: afterwards, every name is that of an existing file.
 *
 * @param role Such as `The journal`.
 */
export function shownName(path: string, role: string): string {
  try {
    lstatSync(path)
    return path
  } catch {
    return role
  }
}
