import { describeSystemError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { reportError, runProgram } from './program.ts'
import { createTerminal, note } from './terminal/terminal.ts'

const terminal = createTerminal(process)
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, terminal))
})
const exitCode = await runProgram(process.argv.slice(2), terminal)
const unwritten = await terminal.flush()
if (unwritten) note(terminal, `backend-logout: The output cannot be written: ${describeSystemError(unwritten)}.`)
process.exitCode = unwritten ? ExitCode.stopped : exitCode
