import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from '../files/shown-name.ts'
import type { Output } from '../terminal/output.ts'
import { printableLines } from '../terminal/printable.ts'

/** Where the outcome of each token is written, one JSON object a line. */
export interface Report {
  /** How long the file is, in bytes; `undefined` where that means nothing, as for a pipe. */
  readonly bytes: number | undefined
  /** Writes lines. @throws CommandError when it cannot; then the file is as it was before */
  write(lines: readonly string[]): void
  /** Waits until a slow reader has caught up; `undefined` when there is nothing to wait for. */
  drained(): Promise<void> | undefined
  close(): void
}

/** Writes to standard output. Whoever reads it decides how fast. */
export function createStreamReport(output: Output): Report {
  return {
    bytes: undefined,
    write: (lines) => output.writeLines(lines),
    drained: () => output.drained(),
    close: () => {},
  }
}

/**
 * Opens the file for a report.
 *
 * @param goOn Whether the run goes on where an earlier one ended, so that its lines are kept.
 * @param length How long the file was when the earlier run last wrote its journal. What is beyond is about tokens that
 * come again, and is cut off.
 */
export function openReport(path: string, goOn: boolean, length: number | undefined): Report {
  let fd: number
  let bytes: number | undefined
  try {
    fd = openSync(path, goOn ? 'a+' : 'w', 0o600)
    const stat = fstatSync(fd)
    if (stat.isFile()) {
      bytes = length !== undefined && length <= stat.size ? length : lengthOfWholeLines(fd, stat.size)
      if (bytes < stat.size) ftruncateSync(fd, bytes)
    }
  } catch (error) {
    const name = shownName(path, 'The output')
    throw new CommandError(ExitCode.usage, `${name} cannot be used: ${describeSystemError(error)}.`)
  }
  return {
    get bytes() {
      return bytes
    },
    write: (lines) => {
      const data = Buffer.from(printableLines(lines))
      try {
        let written = 0
        while (written < data.length) written += writeSync(fd, data, written)
      } catch (error) {
        cutBack(fd, bytes)
        throw new CommandError(
          ExitCode.stopped,
          `The output ${path} cannot be written: ${describeSystemError(error)}. The run stops.`,
        )
      }
      if (bytes !== undefined) bytes += data.length
    },
    drained: () => undefined,
    close: () => closeSync(fd),
  }
}

function cutBack(fd: number, bytes: number | undefined): void {
  if (bytes === undefined) return
  try {
    ftruncateSync(fd, bytes)
  } catch {
    // The next run cuts a torn line off.
  }
}

/** A run that was killed may have left half a line at the end. */
function lengthOfWholeLines(fd: number, size: number): number {
  const buffer = Buffer.alloc(Math.min(size, 65_536))
  readSync(fd, buffer, 0, buffer.length, size - buffer.length)
  const newline = buffer.lastIndexOf('\n')
  // A file without any line break is not ours to cut.
  return newline === -1 ? size : size - buffer.length + newline + 1
}
