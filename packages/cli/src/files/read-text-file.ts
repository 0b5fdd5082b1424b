import { open } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { note, type Terminal } from '../terminal/terminal.ts'
import { shownName } from './shown-name.ts'

/** More than any file of keys, certificates or authorities. */
const MAX_BYTES = 1_048_576

/**
 * Reads a small text file, or a pipe in its place.
 *
 * @param role The file's name in messages when it does not exist, such as `the file of --keys-file`.
 * @throws CommandError when it cannot be read, or is larger than 1 MiB
 */
export async function readTextFile(path: string, role: string): Promise<string> {
  const refuse = (why: string): never => {
    throw new CommandError(ExitCode.usage, `${shownName(path, role)} cannot be read: ${why}.`)
  }
  const buffer = Buffer.alloc(MAX_BYTES + 1)
  let size = 0
  try {
    await using file = await open(path)
    for (let count = -1; count !== 0 && size < buffer.length; size += count) {
      count = (await file.read(buffer, size, buffer.length - size)).bytesRead
    }
  } catch (error) {
    return refuse(describeSystemError(error))
  }
  if (size > MAX_BYTES) return refuse(`it has more than ${MAX_BYTES} bytes`)
  // Editors on Windows write a BOM, which JSON must not have.
  return buffer.toString('utf8', 0, size).replace(/^\ufeff/, '')
}

/**
 * Reads a file with a key or a secret, and warns on standard error if others can read it. Unlike `ssh`, it reads the
 * file anyway, because containers often get their secrets in such files.
 *
 * @param role See {@link readTextFile}.
 * @throws CommandError as {@link readTextFile}
 */
export async function readSecretFile(path: string, role: string, terminal: Terminal): Promise<string> {
  const text = await readTextFile(path, role)
  const { describeExposure } = await import('@backend-logout/private-store/private-files')
  const exposure = await describeExposure(path)
  if (exposure) note(terminal, `backend-logout: ${exposure}`)
  return text
}
