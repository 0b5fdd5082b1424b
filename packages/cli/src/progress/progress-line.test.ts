import { expect, test } from 'vitest'
import { drawProgressLine, formatProgressLine } from './progress-line.ts'

const state = { done: 12_345, failed: 6, rate: 1_234.5, fraction: 0.5, remainingMs: 65_000 }

test('the line for a log has progress, count, rate and duration', () => {
  expect(formatProgressLine(state)).toBe('50%, 12,345 done, 6 failed, 1,235/s, 1 min 5 s left')
  expect(formatProgressLine({ ...state, fraction: undefined, remainingMs: undefined })).toBe(
    '12,345 done, 6 failed, 1,235/s',
  )
})

test('the line for a terminal has a bar that fits', () => {
  expect(drawProgressLine(state, 200)).toBe(`${'█'.repeat(15)}${'░'.repeat(15)} ${formatProgressLine(state)}`)
  for (let columns = 10; columns < 120; columns++) {
    expect(drawProgressLine(state, columns).length).toBeLessThan(columns + 1)
  }
})

test('there is no bar if the total is unknown', () => {
  expect(drawProgressLine({ ...state, fraction: undefined }, 200)).not.toContain('█')
})
