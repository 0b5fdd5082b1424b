import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { BodyBuffer } from './body-buffer.ts'

/** Adds chunks until more are pointless, and reads. */
function read(chunks: readonly Buffer[], contentEncoding?: string, maxBytes = 1_000) {
  const body = new BodyBuffer(maxBytes, contentEncoding)
  let added = 0
  while (added < chunks.length && body.add(chunks[added] as Buffer)) added++
  return { ...body.read(), added }
}

const text = '{"active":false}'
const bytes = Buffer.from(text)
const each = (data: Buffer): Buffer[] => [...data].map((byte) => Buffer.of(byte))

test.each([
  ['nothing', [], undefined, ''],
  ['one chunk', [bytes], undefined, text],
  ['a chunk for each byte', each(bytes), undefined, text],
  ['a compressed chunk for each byte', each(gzipSync(bytes)), 'gzip', text],
  ['an empty body that claims to be compressed', [], 'gzip', ''],
  ['an empty body in a coding that is not supported', [], 'br', ''],
  ['an empty chunk', [Buffer.alloc(0)], undefined, ''],
  ['bytes that are not UTF-8', [Buffer.from([0x61, 0xff, 0x62])], undefined, 'a\ufffdb'],
  ['a character in two chunks', each(Buffer.from('ü')), undefined, 'ü'],
  ['a byte order mark', [Buffer.from('\ufeff{}')], undefined, '{}'],
  ['a byte order mark in the midst of it', [Buffer.from('a\ufeff')], undefined, 'a\ufeff'],
])('a body reads %s', (_what, chunks, coding, body) => {
  expect(read(chunks, coding)).toEqual({ body, truncated: false, added: chunks.length })
})

test.each([undefined, 'gzip'])(
  'a body that is not UTF-8 is read in the declared charset, with the coding %s',
  (coding) => {
    const body = new BodyBuffer(100, coding, 'application/json; charset=GBK')
    const sent = Buffer.from([0xca, 0xa7, 0xb0, 0xdc])
    body.add(coding ? gzipSync(sent) : sent)
    expect(body.read()).toEqual({ body: '失败', truncated: false })
  },
)

test('a body is cut when it exceeds the limit, in chunks of any size', () => {
  for (const chunks of [
    [Buffer.alloc(2_000, 'a')],
    Array(2_000).fill(Buffer.from('a')),
    Array(9).fill(Buffer.alloc(300, 'a')),
  ]) {
    expect(read(chunks)).toMatchObject({ body: 'a'.repeat(1_000), truncated: true })
  }
  for (const chunks of [[Buffer.alloc(1_000, 'a')], Array(1_000).fill(Buffer.from('a'))]) {
    expect(read(chunks)).toMatchObject({ body: 'a'.repeat(1_000), truncated: false })
  }
})

test('a compressed body that exceeds the limit, sent or decoded, is empty', () => {
  expect(read([gzipSync(Buffer.alloc(1_001))], 'gzip')).toMatchObject({ body: '', truncated: true })
  expect(read([Buffer.alloc(1_001)], 'gzip')).toMatchObject({ body: '', truncated: true })
})

test('a body in an unsupported coding is dropped with its first byte', () => {
  expect(read(each(bytes), 'br')).toEqual({ body: '', truncated: true, added: 0 })
  expect(read(each(bytes), 'gzip, gzip, gzip')).toEqual({ body: '', truncated: true, added: 0 })
})

test('a body that does not match its coding throws', () => {
  expect(() => read([bytes], 'gzip')).toThrow('incorrect header check')
})
