import { expect, test } from 'vitest'
import { parseExactly } from './exact-json.ts'

const written = (number: string): string => JSON.stringify(parseExactly(`{"n":${number}}`)).slice(5, -1)

test.each([
  '1234567890123456789',
  '-1234567890123456789',
  '9007199254740993',
  '12345678901234567890',
  '123456789.123456789',
  '0.1234567890123456789',
  '1234567890123456789e5',
  '1e400',
  '-1e-400',
])('the number %s, which a double cannot hold, stays as it is written', (number) => {
  expect(written(number)).toBe(number)
})

test.each([
  ['42', '42'],
  ['42.0', '42'],
  ['42.00000000000000000000', '42'],
  ['4.2e1', '42'],
  ['1E3', '1000'],
  ['1000000000000000E+000', '1000000000000000'],
  ['0.10', '0.1'],
  ['0.00000000000000000010', '1e-19'],
  ['-0', '0'],
  ['0e999', '0'],
  ['-7.50', '-7.5'],
  ['1e300', '1e+300'],
  ['1234567890123456800', '1234567890123456800'],
])('the number %s is the number %s in another notation', (number, same) => {
  expect(written(number)).toBe(same)
})

test('a line without long numbers is parsed without a function for each value', () => {
  const line = JSON.stringify({ token: 'a'.repeat(32), hash: '3e1234567'.repeat(9), n: Array(2_000).fill(7) })
  const best = (parse: (text: string) => unknown): number =>
    Math.min(
      ...Array.from({ length: 60 }, () => {
        const start = performance.now()
        for (let times = 0; times < 5; times++) parse(line)
        return performance.now() - start
      }),
    )
  expect(best(parseExactly)).toBeLessThan(0.5 * best((text) => JSON.parse(text, (_name, value: unknown) => value)))
})

test('a number of any length is compared in linear time', () => {
  const number = `0.${'0'.repeat(100_000)}1${'0'.repeat(30_000)}1`
  const start = performance.now()
  expect(written(number)).toBe(number)
  expect(performance.now() - start).toBeLessThan(500)
})
