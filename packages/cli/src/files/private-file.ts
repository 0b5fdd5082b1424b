import { type FileHandle, unlink } from 'node:fs/promises'
import type { OpenPrivateOptions } from '@backend-logout/private-store/private-files'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFileOrLink } from './found-file.ts'
import { shownName } from './shown-name.ts'

/**
 * Opens a file that only this user can read and change, whatever the umask, and follows no link on the way. The content
 * of an existing file is kept.
 *
 * @param role The file's name in messages when it does not exist, such as `The journal`.
 * @throws CommandError
 */
export async function openPrivate(path: string, role: string, options?: OpenPrivateOptions): Promise<FileHandle> {
  const found = findFileOrLink(path, role)
  const refuse = (why: string): never => {
    throw new CommandError(ExitCode.usage, `${path} ${why}`)
  }
  if (found?.isSymbolicLink()) refuse('is a symbolic link, which is not followed. Name the file that it leads to.')
  if (found && !found.isFile() && !found.isDirectory()) refuse('is not a regular file.')
  const { NotPrivateError, openPrivateFile } = await import('@backend-logout/private-store/private-files')
  try {
    return await openPrivateFile(path, options)
  } catch (error) {
    // It is only thrown for existing files, so its message may contain the path.
    if (error instanceof NotPrivateError) throw new CommandError(ExitCode.usage, error.message)
    throw new CommandError(ExitCode.usage, `${shownName(path, role)} cannot be used: ${describeSystemError(error)}.`)
  }
}

/**
 * Writes a new file that only this user can read. If it cannot be written, it is removed: an incomplete file would be of
 * no use, and be in the way of the next try.
 *
 * @param role See {@link openPrivate}.
 * @throws CommandError also when the file already exists
 */
export async function writeNewPrivateFile(path: string, role: string, text: string): Promise<void> {
  const name = shownName(path, role)
  await using file = await openPrivate(path, role, { exclusive: true })
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await unlink(path).catch(() => {})
    throw new CommandError(ExitCode.stopped, `${name} cannot be written: ${describeSystemError(error)}.`)
  }
}
