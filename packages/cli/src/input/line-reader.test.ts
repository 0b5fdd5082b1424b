import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { streamSource } from './byte-source.ts'
import { unkeyedSum } from './input-sum.ts'
import { LineReader } from './line-reader.ts'

/** Reads everything, in chunks of the given size. */
async function readAll(bytes: Buffer, chunkSize: number) {
  const sum = unkeyedSum()
  const reader = new LineReader(streamSource(Readable.from(chunks(bytes, chunkSize))), [sum])
  const lines: string[] = []
  const sums: string[] = []
  while (!reader.ended) {
    const line = reader.take()
    if (line === undefined) await reader.fill()
    else {
      lines.push(line.text ?? `! ${line.problem}`)
      sums.push(reader.sum(sum))
    }
  }
  return { reader, lines, sums }
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const sumOf = (text: string): string => `${crc32(text).toString(16).padStart(8, '0')}.${Buffer.byteLength(text)}`

test.each([1, 2, 3, 7, 1000])('lines are the same in chunks of %i bytes', async (size) => {
  const { lines, sums, reader } = await readAll(Buffer.from('\ufeffone\r\n\ntwo\nthrée\n\n'), size)
  expect(lines).toEqual(['one\r', '', 'two', 'thrée', ''])
  expect(sums.at(2)).toBe(sumOf('\ufeffone\r\n\ntwo\n'))
  expect([reader.line, reader.bytes, reader.unterminated]).toEqual([5, 21, false])
})

test('the last line needs no line break, and has the same sum as with one', async () => {
  const { lines, sums, reader } = await readAll(Buffer.from('one\ntwo'), 4)
  expect(lines).toEqual(['one', 'two'])
  expect(sums).toEqual([sumOf('one\n'), sumOf('one\ntwo\n')])
  expect(reader.unterminated).toBe(true)
})

test('an empty input has no lines', async () => {
  expect((await readAll(Buffer.alloc(0), 1)).lines).toEqual([])
})

test.each([1_000, 65_536, 1_000_000])(
  'a line that is too long is a separate problem, in chunks of %i bytes',
  async (size) => {
    const bytes = Buffer.from(`a\n${'x'.repeat(300_000)}\nb\n${'y'.repeat(131_072)}\n${'z'.repeat(131_073)}`)
    const { lines, sums, reader } = await readAll(bytes, size)
    expect(lines.map((line) => line.slice(0, 12))).toEqual(['a', '! The line i', 'b', 'yyyyyyyyyyyy', '! The line i'])
    expect([reader.line, reader.bytes]).toEqual([5, bytes.length])
    expect(sums.at(-1)).toBe(sumOf(`${bytes}\n`))
  },
)

test('a line with an invalid byte is a separate problem; one with a replacement character is valid', async () => {
  const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xc3, 0x28, 0x0a]), Buffer.from('\ufffd\n')])
  expect((await readAll(bytes, 100)).lines).toEqual(['a', '! The line is not UTF-8 text.', '\ufffd'])
})

test('fill() throws the failure of the input', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('a\n')
    throw new Error('the disk failed')
  }
  await expect(async () => {
    const reader = new LineReader(streamSource(Readable.from(failing())))
    for (;;) if (!reader.take()) await reader.fill()
  }).rejects.toThrow('the disk failed')
})
