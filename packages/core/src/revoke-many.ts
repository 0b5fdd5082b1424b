import { loadAttemptHistory } from './attempts.ts'
import type { BulkPacer } from './bulk-pacer.ts'
import type { BulkOptions } from './bulk-run.ts'
import type { ClientCore } from './call.ts'
import { resolveLimits } from './call-options.ts'
import { invalidOption } from './invalid-option.ts'
import { partOf } from './load-part.ts'
import type { Revocation } from './revocation.ts'
import type { RevokeOptions } from './revoke.ts'
import { checkHint } from './token.ts'
import { openSource, type TokenReader, type TokenSource } from './token-source.ts'
import { verifyPatience } from './verify-patience.ts'

/**
 * Options of {@link LogoutClient.revokeTokens}; the limits apply to each token, from when it is first sent. While the
 * provider throttles, the whole run pauses, for at most 10 minutes at a time. Throttling does not use up `retries`, but
 * a token whose own `deadlineMs` would pass during the pause is reported immediately, as `live` with `rate_limited`.
 */
export interface RevokeManyOptions extends RevokeOptions {
  /**
   * Maximum number of requests in progress, 1 to 10 000. Lower while the provider throttles.
   * @default 32
   */
  readonly concurrency?: number | undefined
  /**
   * Schedules the requests together with those of other processes, such as `pacer()` of an outbox. Each request takes a
   * turn, including retries and those of `verify`. Then the run finds no rate itself, and pauses as the pacer does.
   * @default none: the run finds the provider's rate itself
   */
  readonly pacer?: BulkPacer | undefined
}

/** Revokes many tokens and yields the outcome of each as it becomes known. */
export function revokeMany(
  core: ClientCore,
  tokens: TokenSource,
  options: RevokeManyOptions = {},
): AsyncGenerator<Revocation, void, void> {
  const { concurrency = 32, tokenTypeHint, verify, signal, pacer } = options
  const limits = resolveLimits(options, core.options.limits)
  verifyPatience(verify)
  checkHint(tokenTypeHint)
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000)) {
    invalidOption('concurrency', 'must be a whole number from 1 to 10000.', 'invalid_argument')
  }
  return run(core, openSource(tokens), { concurrency, limits, tokenTypeHint, verify, signal, pacer })
}

const loadBulkRun = partOf(() => import('./bulk-run.ts'))

/**
 * Loads what only bulk runs need, which is a tenth of the package, and runs. Also what failures need: with too many
 * connections for the process, it could not be loaded later.
 */
async function* run(
  core: ClientCore,
  source: TokenReader,
  options: BulkOptions,
): AsyncGenerator<Revocation, void, void> {
  const [{ BulkRun }] = await Promise.all([loadBulkRun(core.options), loadAttemptHistory(core.options).catch(() => {})])
  yield* new BulkRun(core, source, options).results()
}
