import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Output } from '../terminal/output.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Progress } from './progress.ts'

function fakeTerminal(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  let written = ''
  stderr.on('data', (data) => {
    written += data
  })
  const terminal = { stderr: new Output(stderr) } as unknown as Terminal
  return { terminal, written: () => written }
}

const source = { done: () => 1_234, failed: () => 5, bytes: () => 50, totalBytes: 100 }

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a terminal gets a bar, which makes room for notes and is removed at the end', async () => {
  const { terminal, written } = fakeTerminal(true)
  const progress = new Progress(terminal, source, false)
  await progress.start()
  await until(() => written().includes('█'))
  expect(written()).toContain('50%, 1,234 done, 5 failed')
  progress.note('a note')
  await until(() => written().lastIndexOf('█') > written().indexOf('a note'))
  progress.stop()
  // Everything after the last bar erases it.
  const erased = written().slice(written().lastIndexOf('failed'))
  expect(erased).toContain('\u001b[2K')
  const length = written().length
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(written()).toHaveLength(length)
})

test('elsewhere there is no bar, and notes are printed as they come', async () => {
  const { terminal, written } = fakeTerminal(false)
  const progress = new Progress(terminal, source, false)
  await progress.start()
  progress.note('a note')
  await new Promise((resolve) => setTimeout(resolve, 300))
  progress.stop()
  expect(written()).toBe('a note\n')
})

test('quiet prints nothing', async () => {
  const { terminal, written } = fakeTerminal(true)
  const progress = new Progress(terminal, source, true)
  await progress.start()
  progress.note('a note')
  await new Promise((resolve) => setTimeout(resolve, 300))
  progress.stop()
  expect(written()).toBe('')
})
