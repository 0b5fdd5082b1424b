import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { type InputSum, keyedSum, unkeyedSum } from './input-sum.ts'

const sealWith = (key: string) => (digest: Buffer) => createHmac('sha256', key).update(digest).digest('hex')

function sumOf(sum: InputSum, ...parts: string[]): string {
  for (const part of parts) sum.add(Buffer.from(part))
  return sum.value('')
}

test.each([
  ['keyed', () => keyedSum(sealWith('key'))],
  ['unkeyed', unkeyedSum],
])('a %s sum covers all bytes, in chunks of any size', (_name, create) => {
  expect(sumOf(create(), 'one\ntwo\n')).toBe(sumOf(create(), 'o', 'ne\n', 'two\n'))
  expect(sumOf(create(), 'one\n')).not.toBe(sumOf(create(), 'one\n', 'two\n'))
  const grows = create()
  grows.add(Buffer.from('one'))
  expect(grows.value('\n')).toBe(sumOf(create(), 'one\n'))
  grows.add(Buffer.from('\n'))
  expect(grows.value('')).toBe(sumOf(create(), 'one\n'))
})

test('without the key, a keyed sum cannot be computed from the bytes', () => {
  expect(sumOf(keyedSum(sealWith('key')), 'one\n')).not.toBe(sumOf(keyedSum(sealWith('other')), 'one\n'))
})
