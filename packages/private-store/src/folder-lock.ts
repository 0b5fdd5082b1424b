import type { FileHandle } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { printable } from './printable.ts'
import { openPrivateFile } from './private-file.ts'

/** A folder that is open in another process, or for a second time in this one. The message names the process. */
export class FolderInUseError extends Error {}

Object.defineProperty(FolderInUseError.prototype, 'name', { value: 'FolderInUseError' })

/** The locked file in the folder. */
export const LOCK_FILE = 'lock'

/** An exclusive lock on a folder. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * Locks a folder: against other processes, and against another store in this one. The lock is the operating system's
 * own and belongs to the open file, so it ends with the process, in any case.
 *
 * @throws FolderInUseError if another process has it
 * @throws NotPrivateError if the lock file is a link or belongs to another user
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  // A native addon without types; loaded only when a folder is used.
  const { tryLock } = createRequire(import.meta.url)('fs-native-extensions') as { tryLock(fd: number): boolean }
  const file = await openPrivateFile(join(folder, LOCK_FILE))
  try {
    if (!tryLock(file.fd)) {
      throw new FolderInUseError(
        `The folder ${folder} is open already (${printable(await holderOf(file))}). A folder is for one process at a time: close the other one, share one store within the process, or use a Postgres server.`,
      )
    }
    await file.truncate()
    // For people only; this text does not determine whether a process has the lock.
    await file.write(`process ${process.pid} on ${hostname()}`, 0)
  } catch (error) {
    await file.close()
    throw error
  }
  return { release: () => file.close() }
}

async function holderOf(file: FileHandle): Promise<string> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0)
    return buffer.toString('utf8', 0, bytesRead) || 'unknown process'
  } catch {
    // Windows prevents others from reading a locked file.
    return 'another process'
  }
}
