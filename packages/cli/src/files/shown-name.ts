import { lstatSync } from 'node:fs'

/**
 * The name that messages use for a file in an argument or a variable: the file's name if it exists, otherwise its role.
 * A name without a file may be a misplaced token, key or password, which must not be repeated. So get the name before
 * you create the file: afterward, every name is that of an existing file.
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
