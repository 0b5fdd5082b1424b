import type { DeadLetter, OutboxStats } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { formatCount, formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson, type Terminal } from '../terminal/terminal.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'

/** The options of the commands that inspect an outbox. */
export interface InspectCommandOptions extends OutboxLocation {
  readonly json?: boolean
}

const PAGE = 1_000

/** Shows the state of an outbox. */
export async function runStats(options: InspectCommandOptions, terminal: Terminal): Promise<ExitCode> {
  await using outbox = await openOutboxOf(options, terminal, 'read')
  const stats = await outbox.stats()
  if (options.json) printJson(terminal, stats)
  else for (const [name, value] of rowsOf(stats)) print(terminal, `${name.padEnd(14)} ${value}`)
  return ExitCode.done
}

/** Lists the dead letters of an outbox. */
export async function runDead(options: InspectCommandOptions, terminal: Terminal): Promise<ExitCode> {
  await using outbox = await openOutboxOf(options, terminal, 'read')
  let count = 0
  for (let after: string | undefined; ; ) {
    const letters = await outbox.deadLetters({ limit: PAGE, after })
    for (const letter of letters) print(terminal, options.json ? JSON.stringify(letter) : describe(letter))
    count += letters.length
    after = letters.at(-1)?.id
    if (letters.length < PAGE || terminal.readerLeft.aborted) break
  }
  if (count === 0 && !options.json) print(terminal, 'There are no dead letters.')
  return ExitCode.done
}

/** The options of `backend-logout outbox retry`. */
export interface RetryCommandOptions extends InspectCommandOptions {
  readonly all?: boolean
}

/** Puts dead letters back into the queue. */
export async function runRetry(
  ids: readonly string[],
  options: RetryCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (Boolean(options.all) === ids.length > 0) {
    throw new CommandError(ExitCode.usage, "Pass the ids of dead letters, as 'outbox dead' shows them, or --all.")
  }
  await using outbox = await openOutboxOf(options, terminal, 'rows')
  const retried = await outbox.retry(options.all ? 'all' : ids)
  if (options.json) printJson(terminal, { retried })
  else print(terminal, `${formatCount(retried)} put back into the queue.`)
  return retried < ids.length ? ExitCode.no : ExitCode.done
}

function rowsOf(stats: OutboxStats): (readonly [name: string, value: string])[] {
  const { pending, active, dead, oldestAgeMs, pausedUntil } = stats
  return [
    ['pending', formatCount(pending)],
    ['active', formatCount(active)],
    ['dead letters', formatCount(dead)],
    ['oldest', pending + active > 0 ? formatDuration(oldestAgeMs) : '-'],
    ...(pausedUntil ? ([['paused until', pausedUntil.toISOString()]] as const) : []),
  ]
}

function describe({ id, tokens, reason, attempts, deadAt }: DeadLetter): string {
  const { code, status, providerError } = reason
  const why = [code, status, providerError].filter((part) => part !== undefined).join(' ')
  const names = tokens.map(({ tokenType, fingerprint }) => `${tokenType} ${fingerprint}`).join(', ')
  return `${id}  ${deadAt.toISOString()}  ${why}, ${attempts} attempts: ${names}`
}
