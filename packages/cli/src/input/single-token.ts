import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { readSmallInput, type SmallInput } from './small-input.ts'
import { parseTokenLine } from './token-line.ts'

/** A token that was read, and its kind if the input states one. */
export interface SingleToken {
  readonly token: string
  readonly hint: string | undefined
}

/**
 * Reads the only token of a file or standard input.
 *
 * @throws CommandError unless there is exactly one
 */
export async function readSingleToken(file: string, terminal: Terminal): Promise<SingleToken> {
  return singleToken(await readSmallInput(file, terminal))
}

/** Returns the one token in a text. @throws CommandError unless there is exactly one */
export function singleToken({ text, name }: SmallInput): SingleToken {
  let found: SingleToken | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const parsed = parseTokenLine({ text: line })
    if (!parsed) continue
    if (parsed.token === undefined)
      throw new CommandError(ExitCode.usage, `${name}, line ${index + 1}: ${parsed.problem}`)
    if (found) throw new CommandError(ExitCode.usage, `${name} has more than one token. Pass exactly one.`)
    found = parsed
  }
  if (!found) throw new CommandError(ExitCode.usage, `There is no token in ${name}.`)
  return found
}
