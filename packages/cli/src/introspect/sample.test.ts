import { expect, test } from 'vitest'
import { sampleOf } from './sample.ts'

async function* upTo(count: number): AsyncGenerator<number> {
  for (let value = 0; value < count; value++) yield value
}

test('a sample has the requested size, in order, without duplicates', async () => {
  const { sample, of } = await sampleOf(upTo(1_000), 50)
  expect(of).toBe(1_000)
  expect(new Set(sample).size).toBe(50)
  expect(sample).toEqual([...sample].sort((a, b) => a - b))
})

test('a sample larger than the input is the whole input', async () => {
  expect(await sampleOf(upTo(3), 50)).toEqual({ sample: [0, 1, 2], of: 3 })
})

test('each value has the same chance', async () => {
  const drawn = Array<number>(20).fill(0)
  for (let round = 0; round < 4_000; round++) {
    for (const value of (await sampleOf(upTo(20), 5)).sample) drawn[value] = (drawn[value] ?? 0) + 1
  }
  // 1000 of each are expected; six standard deviations are 165.
  for (const times of drawn) expect(Math.abs(times - 1_000)).toBeLessThan(165)
})
