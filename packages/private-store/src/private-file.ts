import { constants, lstatSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { hasOtherMembers } from './group-members.ts'
import { checkKind, checkMode, checkOwner, currentUser, linkError, NotPrivateError, quotePath } from './ownership.ts'

/** Options of {@link openPrivateFile}. */
export interface OpenPrivateOptions {
  /**
   * Appends everything to the end of the file.
   * @default false
   */
  readonly append?: boolean | undefined
  /**
   * Fails if the file exists.
   * @default false
   */
  readonly exclusive?: boolean | undefined
}

/**
 * Opens a file for reading and writing, with mode 0600 whatever the umask. Creates it if it is missing, and changes the
 * mode of an existing file of this user. Follows no link and keeps the content: to start over, truncate the result.
 *
 * @throws NotPrivateError if the file is a link, has a second name, is a pipe or device, or belongs to another user
 * @throws Error as `open()` of `node:fs/promises`
 * @example
 * ```ts
 * import { openPrivateFile } from '@backend-logout/private-store/private-files'
 *
 * const journal = await openPrivateFile('./run.journal', { append: true })
 * await journal.write('started\n')
 * await journal.close()
 * ```
 */
export async function openPrivateFile(path: string, options: OpenPrivateOptions = {}): Promise<FileHandle> {
  const { append = false, exclusive = false } = options
  const { O_RDWR, O_CREAT, O_APPEND, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  // For Windows, which follows links whatever the flags.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkError(path)
  // Not blocking, because a pipe in the file's place would wait for someone at its other end.
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (append ? O_APPEND : 0) | (exclusive ? O_EXCL : 0)
  let file: FileHandle
  try {
    file = await open(path, flags, 0o600)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? linkError(path) : error
  }
  try {
    const found = await file.stat()
    checkKind(path, found)
    if (!found.isFile()) throw new NotPrivateError(`${path} is not a file. Choose another name.`)
    if (currentUser() !== undefined) {
      checkOwner(path, found)
      if ((found.mode & 0o777) !== 0o600) await file.chmod(0o600)
      checkMode(path, await file.stat())
    }
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Reports who else can read a file with a key or a secret, and how to change that, as `ssh` does for its keys.
 *
 * @returns A sentence; `undefined` if only this user and root can read the file, if it is a device, and on Windows
 * @throws Error as `stat()` of `node:fs/promises`
 * @example
 * ```ts
 * import { describeExposure } from '@backend-logout/private-store/private-files'
 *
 * const warning = await describeExposure('./outbox.key')
 * if (warning) console.error(warning)
 * ```
 */
export async function describeExposure(path: string): Promise<string | undefined> {
  if (currentUser() === undefined) return undefined
  const found = await stat(path)
  // Such as /dev/null, which everyone must be able to read.
  if (!found.isFile() && !found.isFIFO()) return undefined
  const { mode, gid } = found
  const readers = mode & 0o004 ? 'Every user' : mode & 0o040 && hasOtherMembers(gid) ? `Group ${gid}` : undefined
  return readers && `${readers} of this machine can read ${path}: chmod go= ${quotePath(path)}`
}
