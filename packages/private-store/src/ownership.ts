import type { Stats } from 'node:fs'
import { printable } from './printable.ts'

/**
 * A folder or file that other users can read or change, and that this user cannot or should not make private. The
 * message ends with what to do.
 */
export class NotPrivateError extends Error {
  constructor(message: string) {
    // Other users may have chosen the file names in it.
    super(printable(message))
  }
}

Object.defineProperty(NotPrivateError.prototype, 'name', { value: 'NotPrivateError' })

/** The user whose files are to be private; `undefined` on Windows, which has no such users. */
export function currentUser(): number | undefined {
  return process.geteuid?.()
}

/** Refuses a file that belongs to another user. */
export function checkOwner(path: string, { uid }: Stats): void {
  if (uid === currentUser()) return
  throw new NotPrivateError(
    `${path} belongs to user ${uid}, and this process runs as user ${currentUser()}. ` +
      `If you trust what is in it: chown -R ${currentUser()} ${quotePath(path)}`,
  )
}

/** Refuses a file that has another path: symbolic links, and files with a second name. Also pipes and devices. */
export function checkKind(path: string, found: Stats): void {
  if (found.isSymbolicLink()) throw linkError(path)
  if (found.isDirectory()) return
  if (!found.isFile()) throw new NotPrivateError(`${path} is neither a file nor a folder: rm ${quotePath(path)}`)
  if (found.nlink > 1) {
    throw new NotPrivateError(
      `${path} has another name elsewhere (a hard link), by which it can be changed. Replace it by a copy.`,
    )
  }
}

/** Refuses a file that others can still read after its mode was changed: file systems such as FAT have no modes. */
export function checkMode(path: string, { mode }: Stats): void {
  if ((mode & 0o077) === 0) return
  throw new NotPrivateError(
    `${path} cannot be made private, because its file system does not store permissions. Choose another file system.`,
  )
}

/** The error for a symbolic link that is not followed. */
export function linkError(path: string): NotPrivateError {
  return new NotPrivateError(`${path} is a symbolic link, which is not followed: rm ${quotePath(path)}`)
}

/** Quotes a path for a shell. */
export function quotePath(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
