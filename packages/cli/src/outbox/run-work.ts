import type { OutboxEvent, WorkSummary } from '@backend-logout/outbox'
import { type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { formatCount, formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { onInterruption } from '../interruption.ts'
import { Progress } from '../progress/progress.ts'
import { print, type Terminal } from '../terminal/terminal.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'

/** What `backend-logout outbox work` was told. */
export interface WorkCommandOptions extends OutboxLocation, ConnectionOptions {
  readonly concurrency: number
  readonly untilEmpty?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
}

/** Does the logouts of an outbox until somebody ends it, or until none is left. */
export async function runWork(options: WorkCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { concurrency, untilEmpty = false, quiet = false, json } = options
  await using connection = connect(await readSettings(options, terminal), { connections: concurrency })
  const counts = { done: 0, dead: 0 }
  const progress = new Progress(terminal, { done: () => counts.done + counts.dead, failed: () => counts.dead }, quiet)
  const onEvent = (event: OutboxEvent): void => {
    if (event.type === 'revoked' || event.type === 'expired') counts.done++
    if (event.type === 'dead') counts.dead++
    const text = describe(event)
    if (text) progress.note(`backend-logout: ${text}`)
  }
  await using outbox = await openOutboxOf(options, terminal, true, { client: connection.client, onEvent })
  const stop = new AbortController()
  const stopListening = onInterruption(() => {
    progress.note('backend-logout: stopping; what is under way comes to its end. Ctrl-C again ends at once.')
    stop.abort()
  })
  let summary: WorkSummary
  try {
    await progress.start()
    summary = await outbox.work({ concurrency, untilEmpty, signal: stop.signal })
  } finally {
    progress.stop()
    stopListening()
  }
  if (json) print(terminal, JSON.stringify(summary))
  else if (!quiet) print(terminal, summarize(summary))
  return summary.dead > 0 ? ExitCode.no : ExitCode.done
}

function describe(event: OutboxEvent): string | undefined {
  switch (event.type) {
    case 'dead':
      return `${event.tokens.join(' and ')} cannot be revoked as things are (${event.code}); 'outbox dead' lists it.`
    case 'paused':
      return `pauses for ${formatDuration(Math.max(0, event.until.getTime() - Date.now()))}, as the provider wants or fails (${event.code}).`
    case 'resumed':
      return 'goes on: the provider answers.'
    case 'store_made_private':
      return `${event.message} It is private now.`
    case 'store_error':
      return `${event.message} It goes on trying.`
    default:
      return undefined
  }
}

function summarize({ revoked, expired, dead, retried }: WorkSummary): string {
  const parts = [`${formatCount(revoked)} logouts revoked`, `${formatCount(expired)} expired before`]
  parts.push(`${formatCount(dead)} dead letters`, `${formatCount(retried)} attempts to be repeated`)
  return `${parts.join(', ')}.`
}
