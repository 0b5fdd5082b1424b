import { statSync } from 'node:fs'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { shownName } from '../files/shown-name.ts'
import type { JournalHistory } from '../revoke/journal-history.ts'

/**
 * Checks that an output still has the outcomes of the earlier runs. Their tokens are not sent again, so a report would
 * be complete without them.
 *
 * @throws CommandError
 */
export function checkEarlierOutcomes(output: string, { done, output: length }: JournalHistory): void {
  const size = statSync(output, { throwIfNoEntry: false })?.size ?? 0
  const recorded = length ?? (done.size > 0 ? Number.POSITIVE_INFINITY : 0)
  if (size >= recorded) return
  throw new CommandError(
    ExitCode.usage,
    `${shownName(output, 'The output')} no longer has all outcomes that the journal records, so a report would be wrong. ` +
      'Restore it; or name another report and another journal to start over. Nothing was sent.',
  )
}
