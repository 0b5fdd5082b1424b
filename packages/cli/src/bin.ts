#!/usr/bin/env node
import { describeSystemError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { runProgram, tellError } from './program.ts'
import { processTerminal } from './terminal.ts'

const terminal = processTerminal()
process.on('uncaughtException', (error) => {
  process.exit(tellError(error, terminal))
})
const exitCode = await runProgram(process.argv.slice(2), terminal)
const unwritten = await terminal.flush()
if (unwritten)
  terminal.stderr.write(`backend-logout: The output cannot be written: ${describeSystemError(unwritten)}.\n`)
process.exitCode = unwritten ? ExitCode.stopped : exitCode
