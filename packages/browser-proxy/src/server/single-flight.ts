/** Runs work that has a key. Calls with the same key share the work that is already in progress. */
export type SingleFlight<T> = (
  key: string | undefined,
  run: () => Promise<T>,
) => Promise<{ readonly result: T; readonly joined: boolean }>

/** Creates a {@link SingleFlight}. It remembers a key only while its work is in progress. */
export function createSingleFlight<T>(): SingleFlight<T> {
  // Cloudflare Workers bind the objects of a request to that request: another one that waits for them fails, or hangs.
  const shares = globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
  const inProgress = new Map<string, Promise<T>>()
  return async (key, run) => {
    if (key === undefined || !shares) return { result: await run(), joined: false }
    const other = inProgress.get(key)
    if (other) return { result: await other, joined: true }
    const flight = run()
    inProgress.set(key, flight)
    try {
      return { result: await flight, joined: false }
    } finally {
      inProgress.delete(key)
    }
  }
}
