/** Fails unless a condition holds. */
export function ok(condition: unknown, hint: string): asserts condition {
  if (!condition) throw new Error(hint)
}

/** Fails unless two values look the same as JSON. */
export function equal(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  ok(left === right, `expected ${right}, got ${left}`)
}

/** Resolves to what a promise rejects with, and fails when it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`)
}
