import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { codingsOf, decode } from './content-coding.ts'

test.each([
  [undefined, []],
  ['', []],
  ['identity', []],
  ['gzip', ['gzip']],
  [' X-GZip ', ['x-gzip']],
  ['deflate', ['deflate']],
  ['deflate, gzip', ['deflate', 'gzip']],
  ['identity,gzip', ['gzip']],
  ['none', []],
  ['utf-8', []],
  ['UTF8', []],
  ['binary', []],
  ['8bit', []],
  ['chunked', []],
  ['identity;q=1', []],
  ['aws-chunked, gzip', ['gzip']],
  ['constructor', []],
  ['__proto__', []],
  [
    ['gzip', 'deflate'],
    ['gzip', 'deflate'],
  ],
])('codingsOf(%j) are %j', (header, codings) => {
  expect(codingsOf(header)).toEqual(codings)
})

test.each([
  'br',
  'zstd',
  'compress',
  'gzip, br',
  'gzip;q=1',
  'gzip gzip',
  'gzip\u0000',
  'x-deflate',
  'base64',
  'gzip, gzip, gzip',
  'identity, identity, identity',
  ',,',
  ['gzip', 'gzip', 'gzip'],
  ['gzip, gzip', 'gzip'],
])('codingsOf(%j) reports that they are not supported', (header) => {
  expect(codingsOf(header)).toBeUndefined()
})

test('codingsOf() refuses thousands of codings in microseconds', () => {
  const headers = [Array(4_900).fill('gzip').join(), 'gzip,'.repeat(4_900), ','.repeat(16_000)]
  for (const header of headers) codingsOf(header)
  const start = process.cpuUsage()
  for (let round = 0; round < 1_000; round++) for (const header of headers) expect(codingsOf(header)).toBeUndefined()
  // 3000 of them, so a few microseconds of processor time for each one. Splitting them would take hundreds.
  expect(process.cpuUsage(start).user / 3_000).toBeLessThan(1_000)
})

const text = 'some text, some text, some text'
const plain = Buffer.from(text)

test.each([
  ['gzip', gzipSync(plain)],
  ['x-gzip', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  ['deflate, gzip', gzipSync(deflateSync(plain))],
  ['gzip, gzip', gzipSync(gzipSync(plain))],
  ['gzip', Buffer.concat([gzipSync(plain.subarray(0, 9)), gzipSync(plain.subarray(9))])],
  ['gzip', Buffer.concat([gzipSync(plain), Buffer.alloc(9)])],
  ['deflate', Buffer.concat([deflateSync(plain), Buffer.from('trailing garbage')])],
])('decode() reverses %s', (header, body) => {
  expect(decode(body, codingsOf(header) ?? [], 1_000)?.toString()).toBe(text)
})

test('decode() returns a body of exactly the limit, and not a byte more', () => {
  for (const size of [1, 999, 1_000, 1_001, 100_000]) {
    const packed = gzipSync(Buffer.alloc(size, 'x'))
    expect(decode(packed, ['gzip'], 1_000)?.length).toBe(size <= 1_000 ? size : undefined)
  }
})

test('decode() stops a decompression bomb early, even a nested one', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000), { level: 9 })
  const start = process.cpuUsage()
  const before = process.memoryUsage().arrayBuffers
  for (let round = 0; round < 50; round++) {
    expect(decode(bomb, ['gzip'], 65_536)).toBeUndefined()
    expect(decode(gzipSync(bomb), ['gzip', 'gzip'], 65_536)).toBeUndefined()
  }
  // Decompressing them would take about ten seconds of processor time, and 5 GB.
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
})

test.each([
  ['that is not compressed', plain],
  ['that is followed by something else', Buffer.concat([gzipSync(plain), Buffer.from('trailing garbage')])],
  ['that breaks off', gzipSync(plain).subarray(0, 25)],
  ['with a wrong checksum', Buffer.concat([gzipSync(plain).subarray(0, -8), Buffer.alloc(8)])],
])('decode() throws for compressed data %s', (_what, body) => {
  expect(() => decode(body, ['gzip'], 1_000)).toThrow()
})

test('decode() accepts an empty body', () => {
  expect(decode(Buffer.alloc(0), ['gzip'], 1_000)?.length).toBe(0)
})
