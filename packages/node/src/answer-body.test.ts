import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { answerBody } from './answer-body.ts'

const text = '{"active":false}'
const bytes = Buffer.from(text)

test.each([
  ['nothing', [], undefined, ''],
  ['one chunk', [bytes], undefined, text],
  ['many chunks', [...bytes].map((byte) => Buffer.of(byte)), undefined, text],
  ['gzip', [gzipSync(bytes)], 'gzip', text],
  ['x-gzip in capitals', [gzipSync(bytes)], 'X-GZip', text],
  ['deflate', [deflateSync(bytes)], 'deflate', text],
  ['brotli', [brotliCompressSync(bytes)], 'br', text],
  ['identity', [bytes], 'identity', text],
  ['two codings, one after the other', [gzipSync(brotliCompressSync(bytes))], 'br, gzip', text],
  ['an empty body that claims to be compressed', [], 'gzip', ''],
])('answerBody() reads %s', (_what, chunks, coding, body) => {
  expect(answerBody(chunks, coding, 1000)).toEqual({ body, truncated: false })
})

test('answerBody() replaces what is not UTF-8', () => {
  expect(answerBody([Buffer.from([0x61, 0xff, 0x62])], undefined, 10)).toEqual({ body: 'a\ufffdb', truncated: false })
})

test('answerBody() cuts what is too long', () => {
  expect(answerBody([Buffer.alloc(11, 'a')], undefined, 10)).toEqual({ body: 'a'.repeat(10), truncated: true })
  expect(answerBody([Buffer.alloc(10, 'a')], undefined, 10)).toEqual({ body: 'a'.repeat(10), truncated: false })
})

test('answerBody() does not unpack a bomb', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const before = process.memoryUsage().arrayBuffers
  expect(answerBody([bomb], 'gzip', 65_536)).toEqual({ body: '', truncated: true })
  expect(answerBody([brotliCompressSync(Buffer.alloc(1_000_000))], 'br', 65_536)).toEqual({ body: '', truncated: true })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})

test('answerBody() gives up on a coding that it does not know', () => {
  expect(answerBody([bytes], 'zstd', 1000)).toEqual({ body: '', truncated: true })
})

test('answerBody() throws for compressed data that is broken or incomplete', () => {
  expect(() => answerBody([bytes], 'gzip', 1000)).toThrow('incorrect header check')
  expect(() => answerBody([gzipSync(bytes).subarray(0, 15)], 'gzip', 1000)).toThrow('unexpected end of file')
})
