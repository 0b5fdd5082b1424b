/** Runs work that has a key; whoever comes with the same key meanwhile gets the result of the work under way. */
export type SingleFlight<T> = (key: string | undefined, run: () => Promise<T>) => Promise<T>

/** Creates a {@link SingleFlight}. It remembers a key only as long as its work is under way. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>()
  return (key, run) => {
    if (key === undefined) return run()
    const joined = underWay.get(key)
    if (joined) return joined
    const flight = run().finally(() => underWay.delete(key))
    underWay.set(key, flight)
    return flight
  }
}
