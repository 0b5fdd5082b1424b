import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal/terminal.ts'

/** Runs a command; its result is the exit code. */
export type RunCommand = (body: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>
