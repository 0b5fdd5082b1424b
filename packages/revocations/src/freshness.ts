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

/** By how much less than ours the log's clock may advance from one answer to the next; less than any pause between tries. */
const TOLERANCE_MS = 100

/**
 * Tells whether answers get newer. The log says when it was read, by its own clock, and that clock has to advance from
 * answer to answer as ours does. Where it does not, the answer is an old one, from a cache or from a log that went back;
 * or else the clock was set back, and then the answer after that one counts again.
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
