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
  ['uncompressed', []],
  ['not-compressed', []],
  ['no-compression', []],
  ['nogzip', []],
  ['gzip;q=1.0', ['gzip']],
  ['GZIP ; level=9, deflate;q=1', ['gzip', 'deflate']],
  ['none; not gzip', []],
  ['identity, identity, identity', []],
  ['identity, gzip, utf-8, deflate, none', ['gzip', 'deflate']],
  [',,', []],
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
  'gzip gzip',
  'br;q=1',
  'x-compress',
  'gzip\u0000',
  'x-deflate',
  'base64',
  'gzip, gzip, gzip',
  'identity, gzip, gzip, gzip',
  'identity,'.repeat(8),
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
  ['that is damaged', Buffer.concat([Buffer.of(0x1f, 0x8b), plain])],
  ['that is followed by something else', Buffer.concat([gzipSync(plain), Buffer.from('trailing garbage')])],
  ['that breaks off', gzipSync(plain).subarray(0, 25)],
  ['with a wrong checksum', Buffer.concat([gzipSync(plain).subarray(0, -8), Buffer.alloc(8)])],
])('decode() throws for compressed data %s', (_what, body) => {
  expect(() => decode(body, ['gzip'], 1_000)).toThrow()
})

test.each(['gzip', 'x-gzip', 'deflate', 'gzip, gzip', 'deflate, gzip', 'gzip, deflate'])(
  'decode() reads a plain body as it is, although its label is %s',
  (header) => {
    // The last one is also deflate, of another text.
    for (const body of ['{"ok":true}', '{"error":"invalid_client"}', '<html>', 'xOK', 'x^', '\n', '', '3QRO-@ @']) {
      expect(decode(Buffer.from(body), codingsOf(header) ?? [], 1_000)?.toString()).toBe(body)
    }
  },
)

test('decode() reads a body that was compressed once, although its label says twice', () => {
  expect(decode(gzipSync(plain), ['gzip', 'gzip'], 1_000)?.toString()).toBe(text)
})

test('decode() reads text in other encodings as it is, although its label is gzip', () => {
  const bytes = Buffer.from('später', 'latin1')
  expect(decode(bytes, ['gzip'], 1_000)).toEqual(bytes)
})

test.each(['', "'", '+', '{}', '[]', 'OK', 'true', 'null', '{"ok":true}'])(
  'decode() reverses deflate of %j',
  (short) => {
    for (const packed of [deflateSync(short), deflateSync(short, { level: 1 }), deflateRawSync(short)]) {
      expect(decode(packed, ['deflate'], 1_000)?.toString()).toBe(short)
    }
  },
)

test.each(['gzip', 'deflate'])('decode() accepts an empty body as %s', (coding) => {
  expect(decode(Buffer.alloc(0), [coding], 1_000)?.length).toBe(0)
})
