import { expect, test } from 'vitest'
import { batches, isIterable } from './batches.ts'

/** A source of numbers that logs when it is read and when it is closed. */
function* logged(count: number, log: string[]): Generator<number> {
  try {
    for (let item = 1; item <= count; item++) {
      log.push(`read ${item}`)
      yield item
    }
  } finally {
    log.push('closed')
  }
}

const double = (item: number): number => 2 * item

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of source) found.push(item)
  return found
}

test('every item is in one batch, and the last batch has the rest', async () => {
  expect(await collect(batches([1, 2, 3, 4, 5], double, 2))).toEqual([[2, 4], [6, 8], [10]])
  expect(await collect(batches([1, 2, 3, 4], double, 2))).toEqual([
    [2, 4],
    [6, 8],
  ])
  expect(await collect(batches([], double, 2))).toEqual([])
})

test('the source is read no further than the batch, and closed when its reader stops', async () => {
  const log: string[] = []
  for await (const batch of batches(logged(9, log), double, 2)) {
    log.push(`stored ${batch}`)
    if (batch.includes(8)) break
  }
  expect(log).toEqual(['read 1', 'read 2', 'stored 2,4', 'read 3', 'read 4', 'stored 6,8', 'closed'])
})

test('an item that cannot be read ends the batches and closes the source', async () => {
  const log: string[] = []
  const read = (item: number): number => {
    if (item === 4) throw new Error('item 4')
    return item
  }
  const stored: (readonly number[])[] = []
  const storing = async (): Promise<void> => {
    for await (const batch of batches(logged(9, log), read, 2)) stored.push(batch)
  }
  await expect(storing()).rejects.toThrow('item 4')
  expect([stored, log.at(-1)]).toEqual([[[1, 2]], 'closed'])
})

test('a list and generators are sources, and nothing else', () => {
  expect([[], new Set(), logged(1, []), batches([], double, 1)].map(isIterable)).toEqual(Array(4).fill(true))
  expect([null, undefined, 7, {}, () => {}].map(isIterable)).toEqual(Array(5).fill(false))
})
