import { randomInt } from 'node:crypto'

/**
 * Draws a sample in which each value has the same chance, however many there are (reservoir sampling). Only the sample
 * is kept in memory.
 *
 * @returns The sample in the order of the values, and how many values there were.
 */
export async function sampleOf<T>(
  values: AsyncIterable<T>,
  size: number,
): Promise<{ readonly sample: readonly T[]; readonly of: number }> {
  const kept: { readonly value: T; readonly at: number }[] = []
  let of = 0
  for await (const value of values) {
    const place = of < size ? of : randomInt(of + 1)
    if (place < size) kept[place] = { value, at: of }
    of++
  }
  return { sample: kept.sort((a, b) => a.at - b.at).map(({ value }) => value), of }
}
