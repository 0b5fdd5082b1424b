import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { foreignFormat } from './foreign-format.ts'

test.each([
  ['UTF-16 with a mark', Buffer.from('\ufefftoken', 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from('token', 'utf16le'), 'UTF-16'],
  ['UTF-16, big-endian', Buffer.from('token', 'utf16le').swap16(), 'UTF-16'],
  ['UTF-32 with a mark', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0]), 'UTF-32'],
  ['UTF-32 without a mark', Buffer.from([0x61, 0, 0, 0]), 'UTF-32'],
  ['UTF-32, big-endian', Buffer.from([0, 0, 0, 0x61]), 'UTF-32'],
  ['UTF-32, big-endian with a mark', Buffer.from([0, 0, 0xfe, 0xff]), 'UTF-32'],
  ['gzip', gzipSync('token'), "'zcat FILE | backend-logout revoke -'"],
  ['zstd', zstdCompressSync('token'), 'zstdcat'],
  ['bzip2', Buffer.from('BZh91AY'), 'bzcat'],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'xzcat'],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004'), 'spreadsheet'],
])('%s is recognized', (_what, bytes, text) => {
  expect(foreignFormat(bytes.subarray(0, 6), 'revoke')).toContain(text)
})

test.each(['', 'a', 'token', '\ufefftoken', 'BZhang', 'PKce-1', '\n\n', 'é', '令牌'])(
  '%j is the beginning of text',
  (text) => {
    expect(foreignFormat(Buffer.from(text).subarray(0, 6), 'revoke')).toBeUndefined()
  },
)
