/** A moment on both clocks: one that never jumps but may stand still while the machine sleeps, and one that may jump. */
export interface Moment {
  /** Milliseconds on `performance.now()`. */
  readonly steady: number
  /** Milliseconds since 1970. */
  readonly wall: number
}

/** The current moment. */
export function now(): Moment {
  return { steady: performance.now(), wall: Date.now() }
}

/**
 * The maximum by which the log's clock may advance less than the local one from one response to the next; less than any
 * pause between retries.
 */
const TOLERANCE_MS = 100

/**
 * Checks that responses get newer. Each response has the time of the log's clock, which has to advance from response to
 * response like the local one. If it does not, the response is an old one, from a cache or from a log that went back;
 * or the clock was set back, and the following response is accepted again.
 */
export class AnswerClock {
  #asOf = 0
  #received = 0

  /**
   * Checks that a response is recent enough.
   *
   * @param asOf The time in the response, in milliseconds since 1970.
   * @param sent The time of the request, in steady milliseconds.
   * @param received The time of the response.
   */
  accepts(asOf: number, sent: number, received: number): boolean {
    const isNew = asOf - this.#asOf >= sent - this.#received - TOLERANCE_MS
    this.#asOf = asOf
    this.#received = received
    return isNew
  }
}
