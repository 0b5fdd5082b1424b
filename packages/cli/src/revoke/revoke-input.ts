import { isLogoutError } from '@backend-logout/node'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { refuseForeignFormat } from '../input/open-input.ts'
import { listFirst } from '../revocations/list-first.ts'
import { type ConnectedRun, connectRun, type RunParts } from './connect-run.ts'
import { revokeRows } from './revoke-rows.ts'
import type { RunEnd } from './summary.ts'
import { exitCodeOf } from './tally.ts'

const SYNC_MS = 1_000

/** Revokes the tokens of an input, and records the outcome of each. */
export async function revokeInput(parts: RunParts): Promise<RunEnd> {
  const { input, journal, digest } = parts
  const startedAt = performance.now()
  const run = connectRun(parts)
  const { tally, reader, recorder, source, progress } = run
  using control = run.control
  const syncing = setInterval(() => journal?.sync().catch((error: CommandError) => control.fail(error)), SYNC_MS)
  try {
    if (input.typed) progress.note('Type or paste tokens, one per line. Ctrl-D ends the input.')
    if (journal?.history) progress.note(`backend-logout: resuming from ${journal.path}.`)
    await refuseForeignFormat(reader, input.name, 'revoke')
    await progress.start()
    await revokeAll(parts, run)
  } catch (error) {
    if (!isStop(error)) control.fail(asCommandError(error, input.name))
  } finally {
    clearInterval(syncing)
    recorder.finish()
    progress.stop()
    // An open standard input would keep the process alive.
    await input.close()
  }
  const { fatal, interrupted } = control
  return {
    tally,
    durationMs: performance.now() - startedAt,
    complete: source.exhausted && !fatal && !interrupted,
    exitCode: fatal?.exitCode ?? (interrupted ? ExitCode.interrupted : exitCodeOf(tally)),
    fatal,
    inputDigest: digest && { name: input.name, bytes: reader.bytes, sha256: reader.sum(digest) },
  }
}

/** Sends the tokens as fast as the rate, the provider and the readers of the outcomes allow. */
async function revokeAll(parts: RunParts, { source, recorder, control }: ConnectedRun): Promise<void> {
  const { clients, rateLimit, workersPace, outcomes, log, listed, options } = parts
  const { concurrency, verify = false, tokenTypeHint } = options
  const { signal } = control
  const isOver = (): boolean => control.interrupted || control.fatal !== undefined
  const tokens = log ? listFirst(source, log, listed, tokenTypeHint, isOver) : source
  const rows = rateLimit ? rateLimit.apply(tokens) : tokens
  const run = { concurrency, verify, tokenTypeHint, signal, pacer: workersPace?.pacer, isOver }
  for await (const outcome of revokeRows(rows, clients, run)) {
    recorder.settle(outcome.row, outcome.revocation)
    const drained = isOver() ? undefined : outcomes?.drained()
    if (drained) await Promise.race([drained, control.ending])
  }
  await Promise.race([outcomes?.flushed(), control.ending])
}

/** The run was aborted, or the pace that it shares was closed for the same reason. */
function isStop(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'closed' || (isLogoutError(error) && code === 'aborted')
}

function asCommandError(error: unknown, input: string): CommandError {
  if (error instanceof CommandError) return error
  if (isLogoutError(error) || !(error instanceof Error && 'syscall' in error)) throw error
  return new CommandError(ExitCode.stopped, `${input} cannot be read any further: ${describeSystemError(error)}.`)
}
