import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Output } from './output.ts'

function setUp(isTTY = false) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 })
  let written = ''
  stream.setEncoding('utf8').on('data', (text) => {
    written += text
  })
  return { output: new Output(stream), stream, written: () => written }
}

test('each text is one line, whatever it contains', () => {
  const { output, written } = setUp()
  output.writeLines(['one', 'two\nforged\r\u001b[2K', ''])
  expect(written()).toBe('one\ntwo\\u000aforged\\u000d\\u001b[2K\n\n')
})

test('no lines print nothing', () => {
  const { output, written } = setUp()
  output.writeLines([])
  expect(written()).toBe('')
})

test('a status line is also escaped, makes room for lines and is removed', async () => {
  const { output, written } = setUp(true)
  output.showStatus('too early')
  expect(written()).toBe('')
  await output.openStatus()
  output.showStatus('50% \u009b2J')
  expect(written()).toContain('50% \\u009b2J')
  output.writeLines(['a note'])
  expect(written().split('50%')[1]).toContain('\u001b[2K')
  expect(written()).toMatch(/a note\n$/)
  output.showStatus('60%')
  output.closeStatus()
  const after = written().slice(written().lastIndexOf('60%'))
  expect(after).toContain('\u001b[2K')
  output.showStatus('too late')
  expect(written()).toMatch(/60%[^%]*$/)
})

test('drained() waits for a slow reader, but not for one that has left', async () => {
  const stream = new PassThrough({ highWaterMark: 4 })
  const output = new Output(stream)
  expect(output.drained()).toBeUndefined()
  output.writeLines(['more than fits'])
  const waiting = output.drained()
  expect(waiting).toBeInstanceOf(Promise)
  stream.resume()
  await waiting
  stream.pause()
  output.writeLines(['more than fits'])
  const leaving = output.drained()
  stream.destroy()
  await leaving
})
