import type { ClientCore } from './call.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { resolveLimits } from './options.ts'
import { Pace } from './pace.ts'
import type { Revocation, TokenTypeHint } from './revocation.ts'
import { isThrottled, type RevokeOptions, revoke } from './revoke.ts'
import { checkHint } from './token.ts'
import { verifyPatience } from './verify.ts'

/** One of many tokens: alone, or with a hint of its own. */
export type BulkToken = string | { readonly token: string; readonly tokenTypeHint?: TokenTypeHint | undefined }

/** Where many tokens come from. It is read no faster than tokens are revoked. */
export type TokenSource = Iterable<BulkToken> | AsyncIterable<BulkToken> | ReadableStream<BulkToken>

/** Options of {@link LogoutClient.revokeTokens}; the limits hold for each token. */
export interface RevokeManyOptions extends RevokeOptions {
  /**
   * How many requests may be in flight, 1 to 10 000. There are fewer while the provider throttles.
   * @default 32
   */
  readonly concurrency?: number | undefined
}

/** A token on its way: for the first time, or once more because the provider throttled. */
interface Job {
  readonly index: number
  readonly item: unknown
  readonly startedAt: number
  readonly refusals: number
  readonly attempts: number
}

/** How often one token may be refused for coming too soon before that is reported as its fate. */
const MAX_REFUSALS = 20

/** Revokes many tokens and yields the fate of each as it becomes known. */
export function revokeMany(
  core: ClientCore,
  tokens: TokenSource,
  options: RevokeManyOptions = {},
): AsyncGenerator<Revocation, void, void> {
  const { concurrency = 32 } = options
  resolveLimits(options, core.options.limits)
  verifyPatience(options.verify)
  checkHint(options.tokenTypeHint)
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000)) {
    const option = 'concurrency'
    throw new LogoutError('invalid_argument', `${option} must be a whole number from 1 to 10000.`, { option })
  }
  return run(core, iteratorOf(tokens), options, concurrency)
}

async function* run(
  core: ClientCore,
  source: Iterator<unknown> | AsyncIterator<unknown>,
  { signal, ...options }: RevokeManyOptions,
  concurrency: number,
): AsyncGenerator<Revocation, void, void> {
  const { clock } = core.options
  const pace = new Pace(concurrency)
  // Ends what is in flight when the caller's signal aborts, and when nobody reads on.
  const stop = new AbortController()
  const again: Job[] = []
  const ready: Revocation[] = []
  let inFlight = 0
  let count = 0
  let pulling = false
  let exhausted = false
  let failure: { readonly error: unknown } | undefined
  let timer: unknown
  let wake = (): void => {}

  const start = (job: Job): void => {
    const { item } = job
    const alone = typeof item !== 'object' || item === null
    const { token, tokenTypeHint = options.tokenTypeHint } = (alone ? { token: item } : item) as Exclude<
      BulkToken,
      string
    >
    inFlight++
    pace.sent(clock.now())
    revoke(core, token, { ...options, tokenTypeHint, signal: stop.signal }, { handsBackThrottling: true }).then(
      (revocation) => settle(job, revocation),
      (error: unknown) => {
        // Only a hint that makes no sense gets here: it is this token's fate, and not that of the others.
        if (isLogoutError(error)) settle(job, { state: 'live', revoked: false, attempts: 0, durationMs: 0, error })
        else fail(error)
      },
    )
  }
  const settle = (job: Job, revocation: Revocation): void => {
    inFlight--
    const now = clock.now()
    const { error } = revocation
    const attempts = job.attempts + revocation.attempts
    if (isThrottled(error)) pace.throttled(now, error?.retryAfterMs)
    else if (error?.retryable) pace.failed(now)
    else pace.answered(now)
    if (isThrottled(error) && job.refusals < MAX_REFUSALS && !stop.signal.aborted) {
      again.push({ ...job, attempts, refusals: job.refusals + 1 })
    } else {
      ready.push({ ...revocation, attempts, index: job.index, durationMs: now - job.startedAt })
    }
    wake()
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    exhausted = true
    pulling = false
    wake()
  }
  const take = ({ done, value }: IteratorResult<unknown>): void => {
    pulling = false
    if (done) exhausted = true
    else start({ index: count++, item: value, startedAt: clock.now(), refusals: 0, attempts: 0 })
  }
  const pull = (): void => {
    try {
      const next = source.next()
      if (!('then' in next)) {
        take(next)
        return
      }
      pulling = true
      next.then((result) => {
        // After an abort nothing is started any more; the token was not touched.
        if (!stop.signal.aborted) take(result)
        wake()
      }, fail)
    } catch (error) {
      fail(error)
    }
  }
  const fill = (): void => {
    clock.clearTimeout(timer)
    while (!stop.signal.aborted && inFlight + ready.length < pace.window) {
      const next = again[0]
      if (!next && (exhausted || pulling)) return
      const delayMs = pace.delay(clock.now())
      if (delayMs > 0) {
        timer = clock.setTimeout(() => wake(), delayMs)
        return
      }
      if (next) start(again.shift() as Job)
      else pull()
    }
  }
  const onAbort = (): void => {
    stop.abort()
    const error = new LogoutError(
      'aborted',
      'The run was aborted while the token waited for the provider to admit more.',
    )
    for (const { index, attempts, startedAt } of again.splice(0)) {
      ready.push({ state: 'live', revoked: false, attempts, index, durationMs: clock.now() - startedAt, error })
    }
    wake()
  }

  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  try {
    for (;;) {
      fill()
      const revocation = ready.shift()
      if (revocation) yield revocation
      else if (inFlight === 0 && again.length === 0 && (stop.signal.aborted || (exhausted && !pulling))) break
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    clock.clearTimeout(timer)
    stop.abort()
    // Not awaited: a source that is stuck in a read would keep the caller here.
    if (!exhausted) closeQuietly(source)
  }
  if (failure) throw failure.error
  if (signal?.aborted) {
    throw new LogoutError('aborted', `The run was aborted after ${count} tokens were taken; each of them was reported.`)
  }
}

async function closeQuietly(source: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.()
  } catch {}
}

function iteratorOf(tokens: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  const source = tokens as Partial<Iterable<unknown> & AsyncIterable<unknown> & ReadableStream<unknown>> | null
  if (typeof source === 'object' && source !== null) {
    if (source[Symbol.asyncIterator]) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (source[Symbol.iterator]) return (source as Iterable<unknown>)[Symbol.iterator]()
    // Safari's streams cannot be iterated.
    if (source.getReader) {
      const reader = source.getReader()
      return {
        next: () => reader.read() as Promise<IteratorResult<unknown>>,
        return: async () => {
          await reader.cancel()
          return { done: true, value: undefined }
        },
      }
    }
  }
  const message = 'tokens must be an iterable, an async iterable or a stream of tokens.'
  throw new LogoutError('invalid_argument', message, { option: 'tokens' })
}
