/** Runs work that has a key. Calls with the same key share the work that is already in progress. */
export type SingleFlight<T> = (
  key: string | undefined,
  run: () => Promise<T>,
) => Promise<{ readonly result: T; readonly joined: boolean }>

/** Creates a {@link SingleFlight}. It remembers a key only while its work is in progress. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const inProgress = new Map<string, Promise<T>>()
  return async (key, run) => {
    const other = key === undefined ? undefined : inProgress.get(key)
    if (other) return { result: await other, joined: true }
    const flight = run()
    if (key !== undefined) inProgress.set(key, flight)
    try {
      return { result: await flight, joined: false }
    } finally {
      if (key !== undefined) inProgress.delete(key)
    }
  }
}
