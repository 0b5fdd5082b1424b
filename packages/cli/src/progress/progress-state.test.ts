import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Output } from '../terminal/output.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Progress } from './progress.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** Shows a run in a log, which has a line every ten seconds. */
async function logOf(source: { done: number; failed: number; bytes: number; catchingUp: boolean; before?: number }) {
  const stderr = Object.assign(new PassThrough(), { isTTY: false })
  const terminal = { stderr: new Output(stderr) } as unknown as Terminal
  const progress = new Progress(
    terminal,
    {
      done: () => source.done,
      failed: () => source.failed,
      doneBefore: () => source.before ?? 0,
      inFlight: () => 1,
      isCatchingUp: () => source.catchingUp,
      bytes: () => source.bytes,
      totalBytes: 1_000_000,
    },
    false,
  )
  await progress.start()
  const next = (change: Partial<typeof source>): string => {
    Object.assign(source, change)
    vi.advanceTimersByTime(10_000)
    return String(stderr.read() ?? '').trim()
  }
  return { next, stop: () => progress.stop() }
}

test('the remaining time excludes what an earlier run has done', async () => {
  const { next, stop } = await logOf({ done: 0, failed: 0, bytes: 0, catchingUp: true })
  // Half of the input is skipped immediately; from then on, 10 000 bytes take ten seconds.
  expect(next({ bytes: 500_000 })).toMatch(/50%, 0 done.*reading what is confirmed$/)
  expect(next({ done: 10, bytes: 510_000, catchingUp: false })).toMatch(/8 min 10 s left$/)
  expect(next({ done: 20, bytes: 520_000 })).toMatch(/8 min left$/)
  stop()
})

test('the remaining time excludes what was skipped between two updates', async () => {
  const { next, stop } = await logOf({ done: 0, failed: 0, bytes: 0, catchingUp: false })
  next({ done: 10, before: 5_000, bytes: 510_000 })
  expect(next({ done: 20, bytes: 520_000 })).toMatch(/52%, 5,020 done.*8 min left$/)
  stop()
})

test('the remaining time is absent during an outage, and correct immediately after it', async () => {
  const { next, stop } = await logOf({ done: 0, failed: 0, bytes: 0, catchingUp: false })
  next({ done: 10, bytes: 10_000 })
  expect(next({ done: 20, bytes: 20_000 })).toMatch(/16 min 20 s left$/)
  expect(next({ done: 21, failed: 1 })).toMatch(/1 failed.*no success for 10 s$/)
  expect(next({ done: 22, failed: 2 })).toMatch(/no success for 20 s$/)
  next({ done: 32, bytes: 30_000 })
  expect(next({ done: 42, bytes: 40_000 })).toMatch(/16 min left$/)
  stop()
})
