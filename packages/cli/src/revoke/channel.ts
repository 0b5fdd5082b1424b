/** Passes values from writers to one reader. Writers wait while it is full, so nothing piles up. */
export class Channel<T> implements AsyncIterableIterator<T, undefined> {
  readonly #capacity: number
  readonly #values: T[] = []
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #wakeReader: () => void = () => {}
  #wakeWriters: (() => void)[] = []

  /** @param capacity The maximum number of values that wait for the reader. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Adds a value, and waits until there is room for another one, or reading has ended. */
  async push(value: T): Promise<void> {
    if (this.#ended) return
    this.#values.push(value)
    this.#wakeReader()
    while (this.#values.length >= this.#capacity && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeWriters.push(resolve)
      })
    }
  }

  /** No more values will be added. Values that were added before are still read. */
  end(): void {
    this.#ended = true
    this.#wakeReader()
    this.#letWritersGo()
  }

  /** Ends, with an error for the reader after the last value. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.end()
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#values.length === 0) {
      if (this.#failure) throw this.#failure.error
      if (this.#ended) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve
      })
    }
    const value = this.#values.shift() as T
    this.#letWritersGo()
    return { done: false, value }
  }

  #letWritersGo(): void {
    for (const wake of this.#wakeWriters.splice(0)) wake()
  }
}
