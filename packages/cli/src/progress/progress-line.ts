import { formatCount, formatDuration } from '../duration.ts'

/** The progress of a bulk run. */
export interface ProgressState {
  /** Tokens whose outcome is known, including those of earlier runs. */
  readonly done: number
  readonly failed: number
  /** Tokens per second, over the last seconds. */
  readonly rate: number
  /** The completed part of the input, 0 to 1; `undefined` if its length is unknown. */
  readonly fraction: number | undefined
  readonly remainingMs: number | undefined
  /** True while the run reads the part that an earlier run has completed. */
  readonly isCatchingUp?: boolean
  /** The time without a success, once it exceeds the limit. */
  readonly stalledMs?: number | undefined
}

/** Writes a line for a log. */
export function formatProgressLine(state: ProgressState): string {
  const { done, failed, rate, fraction, remainingMs, isCatchingUp, stalledMs } = state
  const parts = [`${formatCount(done)} done`, `${formatCount(failed)} failed`, `${formatCount(Math.round(rate))}/s`]
  if (fraction !== undefined) parts.unshift(`${Math.floor(fraction * 100)}%`)
  if (isCatchingUp) parts.push('reading what is confirmed')
  else if (stalledMs !== undefined) parts.push(`no success for ${formatDuration(stalledMs)}`)
  else if (remainingMs !== undefined) parts.push(`${formatDuration(remainingMs)} left`)
  return parts.join(', ')
}

/** Draws the line for a terminal, with a bar if there is room for one. */
export function drawProgressLine(state: ProgressState, columns: number): string {
  const text = formatProgressLine(state)
  const width = Math.min(30, columns - text.length - 3)
  if (state.fraction === undefined || width < 10) return text.slice(0, Math.max(10, columns - 1))
  const filled = Math.round(state.fraction * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`
}
