import type { FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { lockFile } from './file-lock.ts'
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
 * Locks a folder: against other processes, and against another store in this one. The lock ends with the process, in any
 * case.
 *
 * @throws FolderInUseError if another process has it
 * @throws NotPrivateError if the lock file is a link or belongs to another user
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = await openPrivateFile(join(folder, LOCK_FILE))
  try {
    if (!lockFile(file.fd)) {
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
  const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0)
  return buffer.toString('utf8', 0, bytesRead) || 'unknown process'
}
