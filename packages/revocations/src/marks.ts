/** The last second that a column can represent, in the year 2106. */
const MAX = 0xffff_ffff

/**
 * Pairs of times by name, each raised to the latest given value. The times are in one array, because a million small
 * objects would take 40 MB more.
 */
export class Marks {
  /** The index of each name's pair. */
  readonly #places = new Map<string, number>()
  /** The indexes of deleted names. */
  readonly #free: number[] = []
  #times = new Uint32Array(32)

  get size(): number {
    return this.#places.size
  }

  /** True if a time is at or before the latest `at` of a name. Any part of the same second is before its end. */
  covers(name: string, time: number): boolean {
    const place = this.#places.get(name)
    return place !== undefined && Math.floor(Math.min(time, MAX)) <= (this.#times[place] as number)
  }

  /** Raises the times of a name, and returns whether it is new. */
  raise(name: string, at: number, until: number): boolean {
    const known = this.#places.get(name)
    const place = known ?? this.#free.pop() ?? this.size * 2
    if (place === this.#times.length) {
      const times = new Uint32Array(Math.ceil(place * 0.75) * 2)
      times.set(this.#times)
      this.#times = times
    }
    for (const [index, time] of [at, until].entries()) {
      this.#times[place + index] = Math.max(this.#times[place + index] as number, Math.min(time, MAX))
    }
    if (known === undefined) this.#places.set(name, place)
    return known === undefined
  }

  /** Walks through all names, deletes those that have ended, and yields for each whether it has ended. */
  *dropEnded(hasEnded: (until: number) => boolean): Generator<boolean> {
    for (const [name, place] of this.#places) {
      const isOver = hasEnded(this.#times[place + 1] as number)
      if (isOver) {
        this.#places.delete(name)
        this.#times.fill(0, place, place + 2)
        this.#free.push(place)
      }
      yield isOver
    }
  }
}
