import type { Clock } from './clock.ts'

/** Why {@link withTimeLimit} ended its work early. */
export type Ended = 'timeout' | 'aborted'

/** Rejection of {@link withTimeLimit}: the work did not end by itself. */
export class EndedEarly {
  readonly why: Ended
  constructor(why: Ended) {
    this.why = why
  }
}

/**
 * Runs something for at most `ms` milliseconds and at most until `signal` aborts. It settles then and there, also when
 * the work itself ignores the signal it is given, and leaves no timer and no listener behind.
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
    // Once ended early, the late answer of `run` goes to a settled promise and is dropped, a late failure too.
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
