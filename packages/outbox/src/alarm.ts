/** Lets one loop sleep until something happens. */
export class Alarm {
  #rung = false
  #wake: (() => void) | undefined

  /** Ends the sleep, or the next one if nothing sleeps now. */
  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Sleeps for some milliseconds, or without end, and less when the alarm rings. */
  async sleep(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(ms) ? setTimeout(resolve, Math.max(0, ms)) : undefined
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#wake = undefined
    this.#rung = false
  }
}
