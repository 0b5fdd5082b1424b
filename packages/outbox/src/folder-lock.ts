import type { FileHandle } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { OutboxError } from './errors.ts'
import { openPrivateFile } from './private-file.ts'

/** The file in the folder that the lock is on. */
export const LOCK_FILE = 'lock'

/** An exclusive lock on a folder. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * Locks a folder for this outbox: against other processes, and against another outbox in this one. The lock is the
 * operating system's own and belongs to the open file, so it ends with the process, however that ends.
 *
 * @throws OutboxError `store_in_use`
 * @throws NotPrivateError where the lock file is a link or belongs to another user
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  // A native addon without types of its own; loaded only now, where a folder is used.
  const { tryLock } = createRequire(import.meta.url)('fs-native-extensions') as { tryLock(fd: number): boolean }
  const file = await openPrivateFile(join(folder, LOCK_FILE))
  try {
    if (!tryLock(file.fd)) {
      throw new OutboxError(
        'store_in_use',
        `The folder ${folder} is open in another outbox (${await holderOf(file)}). A folder is for one process at a time: close the other one, share one outbox within the process, or use a Postgres store.`,
      )
    }
    await file.truncate()
    // For people only; whether somebody holds the lock is never told by this text.
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
    // Windows keeps others from reading what is locked.
    return 'another process'
  }
}
