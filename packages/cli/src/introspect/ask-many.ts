import type { LogoutClient } from '@backend-logout/node'
import type { ConnectionOptions } from '../connection.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { fingerprintFor } from '../fingerprint.ts'
import type { ColumnOptions } from '../input/column-options.ts'
import type { TokenRow } from '../input/row.ts'
import { openOutcomeFile } from '../outcomes/outcome-file.ts'
import { createOutcomeStream } from '../outcomes/outcome-stream.ts'
import { countsByCode } from '../revoke/summary.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import { formatAsked, introspectRows } from './introspect-rows.ts'
import { sampleOf } from './sample.ts'

/** The options of `backend-logout introspect`. */
export interface IntrospectCommandOptions extends ConnectionOptions, ColumnOptions {
  readonly tokenTypeHint?: string
  readonly strict?: boolean
  readonly sample?: number
  readonly expect?: 'active' | 'inactive'
  readonly concurrency: number
  readonly rate?: number
  readonly output?: string
  readonly json?: boolean
}

/**
 * Introspects many tokens, or a sample of them, and reports how many are active.
 *
 * @param invalid The number of rows that should have a token but do not.
 */
export async function askMany(
  rows: AsyncIterator<TokenRow, undefined>,
  client: LogoutClient,
  invalid: () => number,
  options: IntrospectCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { sample, output, json, expect = 'active' } = options
  const fingerprint = await fingerprintFor(terminal)
  await using outcomes =
    output === '-'
      ? createOutcomeStream(terminal.stdout)
      : output === undefined
        ? undefined
        : await openOutcomeFile(output, undefined)
  outcomes?.begin()
  const counts = { active: 0, inactive: 0, failed: 0 }
  const reasons = new Map<string, number>()
  const drawn = sample === undefined ? undefined : await sampleOf(iterable(rows), sample)
  const asked = drawn ? each(drawn.sample) : rows
  const signal = terminal.readerLeft
  await introspectRows(asked, client, { ...options, signal }, (outcome) => {
    counts[outcome.answer ? (outcome.answer.active ? 'active' : 'inactive') : 'failed']++
    if (outcome.why) reasons.set(outcome.why.code, (reasons.get(outcome.why.code) ?? 0) + 1)
    outcomes?.write([formatAsked(outcome, new Date(), fingerprint)])
    return outcomes?.drained()
  })
  await outcomes?.flushed()
  const total = counts.active + counts.inactive + counts.failed
  const write = output === '-' ? note : print
  if (json)
    write(
      terminal,
      JSON.stringify({
        asked: total,
        ...counts,
        reasons: Object.fromEntries(reasons),
        invalid: invalid(),
        of: drawn?.of ?? total,
      }),
    )
  else {
    const of = drawn ? ` of ${formatCount(drawn.of)}` : ''
    write(
      terminal,
      `${formatCount(total)}${of} tokens: ${formatCount(counts.active)} active, ${formatCount(counts.inactive)} inactive` +
        `${counts.failed ? `, ${formatCount(counts.failed)} unknown` : ''}.`,
    )
    if (counts.failed > 0) write(terminal, `Unknown: ${countsByCode(reasons)}. Run the same command again later.`)
    if (invalid() > 0) write(terminal, `${formatCount(invalid())} rows should contain a token but do not.`)
  }
  if (signal.aborted) return ExitCode.interrupted
  // Nothing is known about any token: the provider cannot be reached, or its address is wrong.
  if (total > 0 && counts.failed === total) return ExitCode.refused
  return counts[expect] === total && invalid() === 0 ? ExitCode.done : ExitCode.no
}

function iterable<T>(iterator: AsyncIterator<T, undefined>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T, undefined> {
  yield* values
}
