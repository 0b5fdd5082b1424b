import type { Lane, Outbox, OutboxTokens } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { type Line, LineReader } from '../input/line-reader.ts'
import { openInput, refuseForeignFormat } from '../input/open-input.ts'
import { PlainForm } from '../input/plain-form.ts'
import { onInterruption } from '../interruption.ts'
import { Progress } from '../progress/progress.ts'
import { type LogLocation, openLogIfNamed } from '../revocations/open.ts'
import { print, type Terminal } from '../terminal/terminal.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'
import { parseSessionLine, type SessionLine } from './session-line.ts'

/** The options of `backend-logout outbox add`. */
export interface AddCommandOptions extends OutboxLocation, LogLocation {
  readonly tokenTypeHint?: string
  readonly expiresAt?: Date
  readonly lane?: Lane
  readonly quiet?: boolean
  readonly json?: boolean
}

const BATCH = 500
const SHOWN_PROBLEMS = 10

/** Stores a logout for each line of an input. */
export async function runAdd(file: string, options: AddCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { quiet = false, json } = options
  await using revocations = await openLogIfNamed(options, terminal)
  await using outbox = await openOutboxOf(options, terminal, 'tokens', { revocations })
  const input = await openInput(file, terminal)
  const reader = new LineReader(input)
  const appId = terminal.env.AUTHING_APP_ID?.trim()
  const counts = { stored: 0, invalid: 0 }
  const progress = new Progress(
    terminal,
    {
      done: () => counts.stored + counts.invalid,
      failed: () => counts.invalid,
      bytes: () => reader.bytes,
      totalBytes: input.totalBytes,
    },
    quiet,
  )
  const form = new PlainForm()
  const parse = (line: Line): SessionLine | undefined => {
    const problem = line.text?.trim() ? form.add(line.text) : undefined
    return problem === undefined ? parseSessionLine(line, options.tokenTypeHint, appId) : { problem }
  }
  let interrupted = false
  const stop = Promise.withResolvers<'stop'>()
  const stopListening = onInterruption(() => {
    interrupted = true
    stop.resolve('stop')
  })
  try {
    if (input.typed) progress.note('Type or paste tokens, one per line. Ctrl-D ends the input.')
    await refuseForeignFormat(reader, input.name, 'outbox add')
    await progress.start()
    const fill = async (): Promise<boolean> => (await Promise.race([reader.fill(), stop.promise])) !== 'stop'
    await addLines(reader, fill, parse, outbox, options, counts, (text) => progress.note(text))
    const advice = counts.stored === 0 && counts.invalid > 0 ? form.adviceWithoutColumns() : undefined
    if (advice) progress.note(`backend-logout: ${advice}`)
  } finally {
    stopListening()
    progress.stop()
    await input.close()
  }
  if (json) print(terminal, JSON.stringify({ ...counts, complete: !interrupted }))
  else if (!quiet) {
    print(terminal, `${formatCount(counts.stored)} stored, ${formatCount(counts.invalid)} not.`)
  }
  if (interrupted) return ExitCode.interrupted
  return counts.invalid > 0 ? ExitCode.no : ExitCode.done
}

/** Stores all lines that are available in one batch, and waits for more only when that is durable. */
async function addLines(
  reader: LineReader,
  fill: () => Promise<boolean>,
  parse: (line: Line) => SessionLine | undefined,
  outbox: Outbox,
  { expiresAt, lane }: AddCommandOptions,
  counts: { stored: number; invalid: number },
  note: (text: string) => void,
): Promise<void> {
  let batch: OutboxTokens[] = []
  const store = async (): Promise<void> => {
    if (batch.length === 0) return
    try {
      await outbox.addMany(batch, { expiresAt, lane })
    } catch (error) {
      counts.stored += (error as { added?: number }).added ?? 0
      throw new CommandError(
        ExitCode.stopped,
        `${(error as Error).message.replace(/\.?$/, '.')} The first ${formatCount(counts.stored)} logouts are stored, the others are not.`,
      )
    }
    counts.stored += batch.length
    batch = []
  }
  for (;;) {
    const line = reader.take()
    if (line === undefined) {
      await store()
      if (reader.ended || !(await fill())) return
      continue
    }
    const parsed = parse(line)
    if (parsed?.tokens) batch.push(parsed.tokens)
    else if (parsed) {
      counts.invalid++
      if (counts.invalid <= SHOWN_PROBLEMS) note(`backend-logout: line ${reader.line}: ${parsed.problem}`)
      if (counts.invalid === SHOWN_PROBLEMS + 1) note('backend-logout: further invalid lines are only counted.')
    }
    if (batch.length === BATCH) await store()
  }
}
