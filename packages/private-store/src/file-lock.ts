import { createRequire } from 'node:module'

/** The locked byte is beyond the end of any file: Windows prevents others from reading locked bytes. */
const OFFSET = 2 ** 40

/**
 * Locks an open file against other processes, and against other open files in this one. The lock is the operating
 * system's own and belongs to the open file, so it ends with the process, in any case.
 *
 * @returns false if another one has the lock
 * @throws Error if the file system has no locks
 */
export function lockFile(fd: number): boolean {
  // A native addon without types; loaded only when it is used.
  const { tryLock } = createRequire(import.meta.url)('fs-native-extensions') as {
    tryLock(fd: number, offset: number, length: number): boolean
  }
  return tryLock(fd, OFFSET, 1)
}
