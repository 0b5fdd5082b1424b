import { SharedWork } from '@backend-logout/core'

/** Runs work that has a key. Calls with the same key share the work that is already in progress. */
export type SingleFlight<T> = (
  key: string | undefined,
  run: () => Promise<T>,
) => Promise<{ readonly result: T; readonly joined: boolean }>

/** The longest time that a call waits for the work of another one: it may hang, and so would every later call. */
const PATIENCE_MS = 30_000

/** Creates a {@link SingleFlight}. It remembers a key only while its work is in progress. */
export function createSingleFlight<T>(patienceMs: number = PATIENCE_MS): SingleFlight<T> {
  // Cloudflare Workers bind the objects of a request to that request: another one that waits for them fails, or hangs.
  const shares = globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
  const inProgress = new Map<string, SharedWork<T>>()
  return async (key, run) => {
    if (key === undefined || !shares) return { result: await run(), joined: false }
    let joined = true
    const begin = (): Promise<T> => {
      joined = false
      return run()
    }
    const work = inProgress.get(key) ?? new SharedWork(begin, patienceMs)
    inProgress.set(key, work)
    try {
      return { result: await work.run(begin), joined }
    } finally {
      // After a later call with this key, another one may be in its place.
      if (!work.isRunning && inProgress.get(key) === work) inProgress.delete(key)
    }
  }
}
