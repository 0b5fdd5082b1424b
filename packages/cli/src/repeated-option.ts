import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'

/** The options that add up. */
const REPEATABLE: ReadonlySet<string> = new Set(['where', 'keep', 'parameter'])

/**
 * Makes a command refuse an option that is passed twice: only the last value would count, so `--sub alice --sub bob`
 * would leave alice out. A flag has no value to lose.
 */
export function refuseRepeatedOptions(command: Command): void {
  const seen = new Set<string>()
  for (const option of command.options) {
    const name = option.name()
    const takesValue = option.required || option.optional
    if (!takesValue || REPEATABLE.has(name)) continue
    command.on(`option:${name}`, () => {
      if (seen.has(name)) throw new CommandError(ExitCode.usage, `--${name} must not be passed more than once.`)
      seen.add(name)
    })
  }
}
