import type { Introspection } from '@backend-logout/node'
import { CommandError } from '../command-error.ts'
import { connect, readSettings } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import { filesOfConnection, filesOfEnvironment, refuseSameFile } from '../files/same-file.ts'
import { fingerprintFor } from '../fingerprint.ts'
import { columnChoice } from '../input/column-options.ts'
import { LineReader } from '../input/line-reader.ts'
import { openInput, refuseForeignFormat } from '../input/open-input.ts'
import type { BadRow, TokenRow } from '../input/row.ts'
import { createRowFormat } from '../input/row-format.ts'
import { RateLimit } from '../rate-limit.ts'
import { rehearse } from '../rehearsal.ts'
import { TokenSource } from '../revoke/token-source.ts'
import { watchRequests } from '../revoke/watch-requests.ts'
import { note, print, printJson, type Terminal } from '../terminal/terminal.ts'
import { askMany, type IntrospectCommandOptions } from './ask-many.ts'
import { maskEchoes } from './echo-mask.ts'

/** Members with points in time, in seconds since 1970 (RFC 7662 §2.2). */
const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf'])

/** Introspects the tokens of an input. A single one is printed with the provider's whole response. */
export async function runIntrospect(
  file: string,
  options: IntrospectCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  refuseSameFile(
    { 'the output': options.output },
    { 'the input': file, ...filesOfConnection(options), ...filesOfEnvironment(terminal.env) },
  )
  const choice = columnChoice(options)
  const rateLimit = options.rate === undefined ? undefined : new RateLimit(options.rate, 1)
  const naming = await fingerprintFor(terminal)
  const settings = await readSettings(options, terminal)
  await using connection = connect(settings, {
    connections: options.concurrency,
    ...watchRequests(rateLimit, undefined),
  })
  await rehearse(settings)
  const input = await openInput(file, terminal)
  if (input.typed) note(terminal, 'Paste the token, then press Enter and Ctrl-D.')
  try {
    const bad: BadRow[] = []
    let invalid = 0
    const reader = new LineReader(input)
    const source = new TokenSource({
      reader,
      format: createRowFormat(choice, input.name),
      name: input.name,
      onProblem: (row) => {
        invalid++
        if (bad.length === 0) bad.push(row)
      },
      onSkip: () => {},
    })
    await refuseForeignFormat(reader, input.name, 'introspect')
    const first = await source.next()
    const second = first.done ? first : await source.next()
    const isMany = !second.done || options.sample !== undefined || options.output !== undefined || choice !== undefined
    const [problem] = bad
    if (first.done && !problem) {
      const which = (options.where ?? []).length > 0 ? ' in the rows that meet --where' : ''
      throw new CommandError(ExitCode.usage, `There is no token in ${input.name}${which}.`)
    }
    if (problem && !isMany)
      throw new CommandError(ExitCode.usage, `${input.name}, line ${problem.line}: ${problem.problem}`)
    const rows = chain([first, second], source)
    if (isMany || first.done)
      return await askMany(
        rateLimit ? rateLimit.apply(rows) : rows,
        connection.client,
        () => invalid,
        options,
        terminal,
      )
    const { token, hint } = first.value
    const { strict, tokenTypeHint = hint, json, expect = 'active' } = options
    const answer = await connection.client.introspectToken(token, { tokenTypeHint, strict })
    const shown = maskEchoes(answer, [token, settings.env.AUTHING_APP_SECRET?.trim()]) as Introspection
    if (json) printJson(terminal, shown)
    else {
      print(terminal, `${naming(token)} is ${answer.active ? 'active' : 'not active'}.`)
      for (const [name, value] of Object.entries(shown)) {
        if (name !== 'active') print(terminal, `  ${name.padEnd(12)} ${describe(name, value)}`)
      }
    }
    return answer.active === (expect === 'active') ? ExitCode.done : ExitCode.no
  } finally {
    await input.close()
  }
}

/** The rows that were read to count them, then the rest. */
async function* chain(
  read: readonly IteratorResult<TokenRow, undefined>[],
  rest: AsyncIterable<TokenRow>,
): AsyncGenerator<TokenRow, undefined> {
  for (const result of read) if (!result.done) yield result.value
  yield* rest
}

function describe(name: string, value: unknown): string {
  if (typeof value === 'number' && TIMES.has(name)) {
    const date = new Date(value * 1000)
    return Number.isNaN(date.getTime()) ? String(value) : `${value} (${date.toISOString().replace('.000Z', 'Z')})`
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
