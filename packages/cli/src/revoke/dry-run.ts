import { existsSync } from 'node:fs'
import { formatCount, formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { openPrivate } from '../files/private-file.ts'
import { LineReader } from '../input/line-reader.ts'
import { type Input, refuseForeignFormat } from '../input/open-input.ts'
import type { RowFormat } from '../input/row.ts'
import { checkEarlierFiles } from '../report/earlier-files.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import type { Clients } from './clients.ts'
import { firstOnes } from './first-failures.ts'
import { type FoundJournal, readJournal } from './journal-history.ts'
import type { JournalIdentity } from './journal-record.ts'
import { type RevokeCommandOptions, requestsPerToken } from './revoke-options.ts'
import { listSums, sumsFor } from './source-sums.ts'
import { leftOutText } from './summary.ts'
import { countInvalid, createTally, type Tally } from './tally.ts'
import { TokenSource } from './token-source.ts'
import { withoutCredentials } from './without-credentials.ts'

/** The input of a dry run. */
export interface DryRunParts {
  readonly input: Input
  readonly format: RowFormat
  readonly clients: Clients
  readonly identity: JournalIdentity
  /** See `otherFilesThan`. */
  readonly otherFiles: string
  readonly options: RevokeCommandOptions
  readonly terminal: Terminal
}

/** Reports the effect of a run. Reads the input and the journal, sends nothing and writes no file. */
export async function dryRun(parts: DryRunParts): Promise<ExitCode> {
  const { input, format, clients, identity, otherFiles, options, terminal } = parts
  const found = await findJournal(options.journal, identity, otherFiles)
  if (options.journal !== undefined) await checkEarlierFiles(options, found ?? {}, otherFiles)
  const sums = found?.key && sumsFor(found.key, found.history)
  const reader = new LineReader(input, listSums(sums))
  const tally = createTally()
  const show = firstOnes((text) => {
    if (!options.quiet) note(terminal, text)
  }, undefined)
  const source = new TokenSource({
    reader,
    format,
    name: input.name,
    sums,
    history: found?.history,
    otherFiles,
    problemWith: (row) => withoutCredentials(row, clients),
    onProblem: ({ line, problem }) => {
      countInvalid(tally)
      show(line, problem, problem)
    },
    onLeftOut: (why) => {
      tally[why]++
    },
    onSkip: (rows) => {
      tally.skipped += rows
    },
  })
  const ofClients = new Map<string, number>()
  let tokens = 0
  try {
    await refuseForeignFormat(reader, input.name, 'revoke')
    for await (const { client } of source) {
      tokens++
      if (client !== undefined) ofClients.set(client, (ofClients.get(client) ?? 0) + 1)
    }
  } finally {
    await input.close()
  }
  const { filtered, empty, invalid, skipped } = tally
  const counts = { tokens, skipped, filtered, empty, invalid }
  if (options.json) {
    print(terminal, JSON.stringify({ dryRun: true, ...counts, clients: Object.fromEntries(ofClients) }))
  } else if (!options.quiet) {
    print(terminal, ...describe(tokens, tally, ofClients, options))
  }
  return invalid > 0 ? ExitCode.no : ExitCode.done
}

async function findJournal(
  path: string | undefined,
  identity: JournalIdentity,
  otherFiles: string,
): Promise<FoundJournal | undefined> {
  if (path === undefined || !existsSync(path)) return undefined
  await using file = await openPrivate(path, 'The journal')
  return await readJournal(path, file, identity, otherFiles)
}

function describe(
  tokens: number,
  tally: Tally,
  ofClients: ReadonlyMap<string, number>,
  options: RevokeCommandOptions,
): string[] {
  const lines = [`Dry run: nothing was sent. ${formatCount(tokens)} tokens would be revoked.`]
  for (const [client, count] of ofClients) lines.push(`  ${client}: ${formatCount(count)}`)
  if (tally.skipped > 0) lines.push(`${formatCount(tally.skipped)} would be skipped: confirmed by an earlier run.`)
  const leftOut = leftOutText(tally)
  if (leftOut) lines.push(leftOut)
  if (tally.invalid > 0) lines.push(`${formatCount(tally.invalid)} rows should contain a token but do not.`)
  if (options.rate !== undefined) {
    const ms = ((tokens * requestsPerToken(options)) / options.rate) * 1000
    lines.push(`At ${formatCount(options.rate)} requests per second, that takes at least ${formatDuration(ms)}.`)
  }
  return lines
}
