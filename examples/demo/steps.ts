/**
 * Reports a step if it has the expected result.
 *
 * @throws Error if it is not
 */
export function expectStep<T>(what: string, how: string, got: T, wanted: T): void {
  if (got !== wanted) throw new Error(`${what}: ${how} gave ${got}, expected ${wanted}.`)
  say(what, `${how} → ${got}`)
}

/** Reports the success of a step. */
export function say(what: string, detail: string): void {
  console.log(`✓ ${what.padEnd(58)} ${detail}`)
}
