/** The last so many whole seconds are looked at. */
const SECONDS = 10

/** Measures how often something happens per second, lately. */
export class RateMeter {
  readonly #now: () => number
  readonly #counts = new Map<number, number>()
  readonly #startedAt: number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#startedAt = now()
  }

  count(): void {
    const second = Math.floor(this.#now() / 1000)
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1)
    if (this.#counts.size > SECONDS + 1) this.#forget(second)
  }

  /** How often per second, on average over the last ten seconds or since the start. */
  perSecond(): number {
    const now = this.#now()
    this.#forget(Math.floor(now / 1000))
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    // Of the current second only a part has passed.
    const seconds = Math.max(1, Math.min(SECONDS - 1 + (now % 1000) / 1000, (now - this.#startedAt) / 1000))
    return Math.round((sum / seconds) * 10) / 10
  }

  #forget(second: number): void {
    for (const key of this.#counts.keys()) if (key <= second - SECONDS) this.#counts.delete(key)
  }
}
