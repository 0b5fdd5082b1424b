import type { DeadLetter, Outbox, OutboxStats } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { formatCount, formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { note, print, printJson, type Terminal } from '../terminal/terminal.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'

/** The options of the commands that inspect an outbox. */
export interface InspectCommandOptions extends OutboxLocation {
  readonly json?: boolean
}

const PAGE = 1_000
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

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
  const { retried, unknown } = options.all
    ? { retried: await outbox.retry('all'), unknown: [] }
    : await retryEach(ids, outbox)
  if (options.json) printJson(terminal, { retried })
  else print(terminal, `${formatCount(retried)} put back into the queue.`)
  for (const id of unknown) note(terminal, `backend-logout: ${id} is not a dead letter that can be retried.`)
  return unknown.length > 0 ? ExitCode.no : ExitCode.done
}

/** One by one, to know which ids are wrong. An argument of another form may be a misplaced token, and is not shown. */
async function retryEach(
  ids: readonly string[],
  outbox: Outbox,
): Promise<{ readonly retried: number; readonly unknown: readonly string[] }> {
  const unknown: string[] = []
  let retried = 0
  for (const id of new Set(ids.map((text) => text.toLowerCase()))) {
    const count = await outbox.retry([id])
    retried += count
    if (count === 0)
      unknown.push(ID.test(id) ? id : `Argument ${ids.findIndex((text) => text.toLowerCase() === id) + 1}`)
  }
  return { retried, unknown }
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
