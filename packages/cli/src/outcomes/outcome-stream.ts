import { constants, open as openDescriptor } from 'node:fs'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { Output } from '../terminal/output.ts'

/** The destination of each token's outcome, one JSON object per line. */
export interface OutcomeSink extends AsyncDisposable {
  /** The length of the file, in bytes; `undefined` if it has none, as for a pipe. */
  readonly bytes: number | undefined
  /** Prepares the file for writing. Until then, its content stays. @throws CommandError when it is not a file */
  begin(): void
  /** Writes lines. @throws CommandError when it cannot; then the file is unchanged */
  write(lines: readonly string[]): void
  /** Waits until a slow reader has caught up; `undefined` when there is nothing to wait for. */
  drained(): Promise<void> | undefined
  /** Waits until the reader of a pipe has everything. @throws CommandError when it has left */
  flushed(): Promise<void> | undefined
}

/** Writes to standard output. The reader decides how fast. */
export function createOutcomeStream(output: Output): OutcomeSink {
  return {
    bytes: undefined,
    begin: () => {},
    write: (lines) => output.writeLines(lines),
    drained: () => output.drained(),
    flushed: () => undefined,
    [Symbol.asyncDispose]: async () => {},
  }
}

/**
 * Opens a pipe for outcomes. The reader decides how fast. Meanwhile, the process receives signals, unlike in a system
 * call that waits.
 *
 * @param name Its name in messages.
 * @throws CommandError when it cannot be opened
 */
export async function openOutcomePipe(path: string, name: string): Promise<OutcomeSink> {
  const fd = await promisify(openDescriptor)(path, constants.O_WRONLY).catch((error: unknown) => {
    throw new CommandError(ExitCode.usage, `${name} cannot be used: ${describeSystemError(error)}.`)
  })
  const stream = new Socket({ fd, readable: false, writable: true })
  const output = new Output(stream)
  let failure: CommandError | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failure =
      error.code === 'EPIPE'
        ? new CommandError(ExitCode.interrupted, `${name} cannot be written: its reader has left. Stopping.`)
        : new CommandError(ExitCode.stopped, `${name} cannot be written: ${describeSystemError(error)}. Stopping.`)
  })
  const throwFailure = (): void => {
    if (failure) throw failure
  }
  return {
    bytes: undefined,
    begin: () => {},
    write: (lines) => {
      throwFailure()
      output.writeLines(lines)
    },
    drained: () => output.drained(),
    flushed: async () => {
      await new Promise<void>((resolve) => stream.write('', () => resolve()))
      throwFailure()
    },
    // Not awaited: after Ctrl-C, a reader that has stalled must not keep the command.
    [Symbol.asyncDispose]: async () => void stream.end(),
  }
}
