import { describeSystemError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { reportError, runProgram } from './program.ts'
import { createTerminal, note } from './terminal/terminal.ts'

/** The time that a reader of the output has after an interruption, in milliseconds. */
const READER_MS = 5_000

const terminal = createTerminal(process)
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, terminal))
})
const exitCode = await runProgram(process.argv.slice(2), terminal)
// A reader of the output that has stalled must not keep a command that was interrupted.
if (exitCode === ExitCode.interrupted) setTimeout(() => process.exit(exitCode), READER_MS).unref()
const unwritten = await terminal.flush()
if (unwritten) note(terminal, `backend-logout: The output cannot be written: ${describeSystemError(unwritten)}.`)
process.exitCode = unwritten ? ExitCode.stopped : exitCode
