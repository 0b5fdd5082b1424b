import { type Clock, systemClock } from './clock.ts'
import { LogoutError } from './errors.ts'

/** Time limit. */
export interface Wait {
  /** In the time of the client's clock. */
  readonly deadlineAt: number
  readonly signal?: AbortSignal | undefined
}

/** Reason why {@link withTimeLimit} ended its work early. */
export type Ended = 'timeout' | 'aborted'

/** Rejection of {@link withTimeLimit}: the work did not end on its own. */
export class EndedEarly {
  readonly why: Ended
  constructor(why: Ended) {
    this.why = why
  }
}

/** The reason why nothing may be sent: the signal has aborted, or the deadline has passed. */
export function endedBefore({ signal, deadlineAt }: Wait, clock: Clock): LogoutError | undefined {
  if (signal?.aborted) return new LogoutError('aborted', 'The call was aborted before its request was sent.')
  if (clock.now() < deadlineAt) return undefined
  return new LogoutError('timeout', 'The deadline passed before the request was sent.')
}

/** Waits; resolves to `false` when the signal ended the wait. */
export async function pause(ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<boolean> {
  try {
    await withTimeLimit(() => new Promise<never>(() => {}), ms, signal, clock)
  } catch (ended) {
    return (ended as EndedEarly).why === 'timeout'
  }
  return true
}

/**
 * Runs a task for at most `ms` milliseconds and at most until `signal` aborts. It settles at that moment, even when the
 * work ignores the signal it is given, and leaves no timer and no listener behind.
 *
 * @throws EndedEarly when time is up or the signal aborts
 */
export function withTimeLimit<T>(
  run: (signal: AbortSignal) => Promise<T>,
  ms: number,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new EndedEarly('aborted'))
    const controller = new AbortController()
    const settle = (): void => {
      clock.clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const end = (why: Ended): void => {
      settle()
      reject(new EndedEarly(why))
      controller.abort()
    }
    const onAbort = (): void => end('aborted')
    // A deadline may have passed while something else was waited for.
    const timer = clock.setTimeout(() => end('timeout'), Math.max(0, ms))
    signal?.addEventListener('abort', onAbort)
    // Once ended early, the late result of `run`, or its late failure, goes to a settled promise and is dropped.
    run(controller.signal).then(
      (value) => {
        settle()
        resolve(value)
      },
      (error: unknown) => {
        settle()
        reject(error)
      },
    )
  })
}

/** Rejection of {@link within}: there was no result in time. */
export class TimedOut extends Error {
  /**
   * Creates one.
   *
   * @param ms the time that is over, in milliseconds
   */
  constructor(ms: number) {
    super(`There was no result within ${ms} ms.`)
    this.name = 'TimedOut'
  }
}

/**
 * Waits for a result, but no longer than `ms` milliseconds. A later result, or a later failure, is dropped.
 *
 * @throws {@link TimedOut} when there is no result in time; otherwise as `run` does
 * @example
 * ```ts
 * import { within } from '@backend-logout/core'
 *
 * console.log(await within(1_000, () => 'in time'))
 * ```
 */
export async function within<T>(ms: number, run: () => T | Promise<T>): Promise<T> {
  let hasFailed = false
  const work = async (): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      // Anything can be thrown, even an object that throws when it is compared.
      hasFailed = true
      throw error
    }
  }
  return withTimeLimit(work, ms, undefined, systemClock).catch((error: unknown) => {
    throw hasFailed ? error : new TimedOut(ms)
  })
}
