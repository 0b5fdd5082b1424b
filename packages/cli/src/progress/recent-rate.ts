/** The recent rate of something, from samples of its progress. */
export class RecentRate {
  readonly #windowMs: number
  readonly #samples: { readonly at: number; readonly value: number }[] = []

  /** @param windowMs The period that counts, in milliseconds. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Adds a sample; times ascend. */
  sample(at: number, value: number): void {
    this.#samples.push({ at, value })
    // The newest one that is old enough stays, so that the window is always full.
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - this.#windowMs) this.#samples.shift()
  }

  /** Per second; 0 before there are two samples. */
  get perSecond(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.at <= first.at) return 0
    return ((last.value - first.value) / (last.at - first.at)) * 1000
  }
}
