import { lstatSync, readFileSync, type Stats } from 'node:fs'
import { rm } from 'node:fs/promises'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { findFileOrLink } from '../files/found-file.ts'

const MAX_BYTES = 1_048_576

/**
 * Checks that a signature may be written there: the file is missing, or it is a signature.
 *
 * @throws CommandError
 */
export function checkSignaturePath(path: string): void {
  const found = findFileOrLink(path, 'The signature of the report')
  if (!found || isSignature(path, found)) return
  throw new CommandError(ExitCode.usage, `${path} is not the signature of a report. Name another file for --report.`)
}

/**
 * Removes the signature of an earlier report: beside another one, it would be wrong. Other files stay.
 *
 * @throws CommandError when it cannot be removed
 */
export async function removeSignature(path: string): Promise<void> {
  try {
    if (isSignature(path, lstatSync(path, { throwIfNoEntry: false }))) await rm(path)
  } catch (error) {
    const why = describeSystemError(error)
    throw new CommandError(ExitCode.stopped, `The earlier signature ${path} cannot be removed: ${why}.`)
  }
}

/** True if a file is a detached JWS. */
function isSignature(path: string, found: Stats | undefined): boolean {
  return found?.isFile() === true && found.size <= MAX_BYTES && /^[\w-]+\.\.[\w-]+\s*$/.test(readFileSync(path, 'utf8'))
}
