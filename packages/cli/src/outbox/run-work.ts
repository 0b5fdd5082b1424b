import type { OutboxEvent, WorkSummary } from '@backend-logout/outbox'
import { type ConnectionOptions, connect, readSettings } from '../connection.ts'
import { formatCount, formatDuration } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import { onInterruption } from '../interruption.ts'
import { Progress } from '../progress/progress.ts'
import { rehearse } from '../rehearsal.ts'
import { note, print, type Terminal } from '../terminal/terminal.ts'
import { startHealthServer } from './health-server.ts'
import { type OutboxLocation, openOutboxOf } from './open.ts'

/** The options of `backend-logout outbox work`. */
export interface WorkCommandOptions extends OutboxLocation, ConnectionOptions {
  readonly concurrency: number
  readonly healthPort?: number
  readonly healthHost: string
  readonly untilEmpty?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
}

/** Revokes the logouts of an outbox until it is stopped, or until the outbox is empty. */
export async function runWork(options: WorkCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const counts = { done: 0, dead: 0 }
  const progress = new Progress(
    terminal,
    { done: () => counts.done + counts.dead, failed: () => counts.dead },
    options.quiet ?? false,
  )
  const stop = new AbortController()
  // Before the outbox opens, which takes seconds: the first process of a container ignores signals that it has no
  // listener for.
  const stopListening = onInterruption(() => {
    progress.note('backend-logout: stopping after the logouts in progress. Press Ctrl-C again to stop immediately.')
    stop.abort()
  })
  try {
    return await work(options, terminal, { counts, progress, signal: stop.signal })
  } finally {
    stopListening()
  }
}

interface WorkState {
  readonly counts: { done: number; dead: number }
  readonly progress: Progress
  readonly signal: AbortSignal
}

async function work(
  options: WorkCommandOptions,
  terminal: Terminal,
  { counts, progress, signal }: WorkState,
): Promise<ExitCode> {
  const { concurrency, untilEmpty = false, quiet = false, json, healthPort, healthHost } = options
  const settings = await readSettings(options, terminal)
  await using connection = connect(settings, { connections: concurrency })
  await rehearse(settings)
  const onEvent = (event: OutboxEvent): void => {
    if (event.type === 'revoked' || event.type === 'expired') counts.done++
    if (event.type === 'dead') counts.dead++
    const text = describe(event)
    if (text) progress.note(`backend-logout: ${text}`)
  }
  await using outbox = await openOutboxOf(options, terminal, 'tokens', { client: connection.client, onEvent })
  await using health = healthPort === undefined ? undefined : await startHealthServer(outbox, healthPort, healthHost)
  if (health && !quiet) note(terminal, `backend-logout: health on port ${health.port}, at /health and /metrics.`)
  let summary: WorkSummary
  try {
    await progress.start()
    summary = await outbox.work({ concurrency, untilEmpty, signal })
  } finally {
    progress.stop()
  }
  if (json) print(terminal, JSON.stringify(summary))
  else if (!quiet) print(terminal, summarize(summary))
  return summary.dead > 0 ? ExitCode.no : ExitCode.done
}

function describe(event: OutboxEvent): string | undefined {
  switch (event.type) {
    case 'dead':
      return `${event.tokens.join(' and ')} cannot be revoked with the current configuration (${event.code}); 'outbox dead' lists it.`
    case 'paused':
      return `pauses for ${formatDuration(Math.max(0, event.until.getTime() - Date.now()))}, because of the provider (${event.code}).`
    case 'resumed':
      return 'resuming: the provider responds.'
    case 'store_made_private':
      return `${event.message} It is private now.`
    case 'store_error':
      return `${event.message.replace(/\.?$/, '.')} Retrying.`
    default:
      return undefined
  }
}

function summarize({ revoked, expired, dead, retried }: WorkSummary): string {
  const parts = [`${formatCount(revoked)} logouts revoked`, `${formatCount(expired)} expired first`]
  parts.push(`${formatCount(dead)} dead letters`, `${formatCount(retried)} attempts retried`)
  return `${parts.join(', ')}.`
}
