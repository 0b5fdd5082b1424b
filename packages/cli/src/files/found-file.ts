import { lstatSync, type Stats, statSync } from 'node:fs'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from './shown-name.ts'

/**
 * Finds the file at a path, or the one that a link there leads to.
 *
 * @param role The file's name in messages when it does not exist, such as `The output`.
 * @returns `undefined` if no such file exists
 * @throws CommandError when the path cannot be used
 */
export function findFile(path: string, role: string): Stats | undefined {
  return find(statSync, path, role)
}

/** Finds the file or the link at a path, as {@link findFile} does. */
export function findFileOrLink(path: string, role: string): Stats | undefined {
  return find(lstatSync, path, role)
}

function find(stat: typeof statSync, path: string, role: string): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false })
  } catch (error) {
    throw new CommandError(ExitCode.usage, `${shownName(path, role)} cannot be used: ${describeSystemError(error)}.`)
  }
}
