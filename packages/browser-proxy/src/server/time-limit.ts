/** Rejection of {@link within}: the work did not end in time. */
export class TimedOut extends Error {
  constructor(ms: number) {
    super(`There was no result within ${ms} ms.`)
    this.name = 'TimedOut'
  }
}

/** Waits for a result, but no longer than `ms` milliseconds; a later one, or a later failure, is dropped. */
export function within<T>(ms: number, run: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut(ms)), ms)
    const settle =
      <V>(then: (value: V) => void) =>
      (value: V): void => {
        clearTimeout(timer)
        then(value)
      }
    new Promise<T>((done) => done(run())).then(settle(resolve), settle(reject))
  })
}
