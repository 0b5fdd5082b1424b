/** Lets one loop sleep until something changes. A change while it is awake ends its next sleep immediately. */
export class Wakeup {
  #changed = false
  #wake = (): void => {}

  /** Something has changed. */
  notify(): void {
    this.#changed = true
    this.#wake()
  }

  /** Resolves once something has changed since the last sleep. */
  async sleep(): Promise<void> {
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#changed = false
  }
}
