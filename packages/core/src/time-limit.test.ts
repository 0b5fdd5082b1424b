import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { manualClock } from './testing/manual-clock.ts'
import { EndedEarly, pause, TimedOut, within, withTimeLimit } from './time-limit.ts'

const never = () => new Promise<never>(() => {})

describe('withTimeLimit()', () => {
  test('returns the result of the work, and leaves no timer or listener behind', async () => {
    const clock = manualClock()
    const { signal } = new AbortController()
    expect(await withTimeLimit(async () => 'done', 100, signal, clock)).toBe('done')
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('fails as the work fails, and leaves no timer or listener behind', async () => {
    const clock = manualClock()
    const { signal } = new AbortController()
    const failing = withTimeLimit(() => Promise.reject(new RangeError('no')), 100, signal, clock)
    await expect(failing).rejects.toThrow(RangeError)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('ends work that takes too long, at the millisecond, and notifies it', async () => {
    const clock = manualClock()
    let inner: AbortSignal | undefined
    let ended: unknown
    const limited = withTimeLimit(
      (signal) => {
        inner = signal
        return never()
      },
      100,
      undefined,
      clock,
    ).catch((reason: unknown) => {
      ended = reason
    })
    clock.advance(99)
    await Promise.resolve()
    expect([ended, inner?.aborted]).toEqual([undefined, false])
    clock.advance(1)
    await limited
    expect(ended).toEqual(new EndedEarly('timeout'))
    expect(inner?.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test('ends immediately, without a warning, if its time was over before it began', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', note)
    await expect(withTimeLimit(never, -5, undefined, systemClock)).rejects.toEqual(new EndedEarly('timeout'))
    // Node.js warns of a negative time a moment later.
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  test('ends when the signal aborts, notifies the work, and leaves no timer or listener behind', async () => {
    const clock = manualClock()
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    const limited = withTimeLimit(
      (signal) => {
        inner = signal
        return never()
      },
      100,
      controller.signal,
      clock,
    )
    controller.abort()
    await expect(limited).rejects.toEqual(new EndedEarly('aborted'))
    expect(inner?.aborted).toBe(true)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('does not begin if the signal has aborted before', async () => {
    let began = false
    const run = async () => {
      began = true
    }
    const limited = withTimeLimit(run, 100, AbortSignal.abort(), manualClock())
    await expect(limited).rejects.toEqual(new EndedEarly('aborted'))
    expect(began).toBe(false)
  })

  test.each([
    ['succeeds', (resolve: () => void, _reject: () => void) => resolve()],
    ['fails', (_resolve: () => void, reject: () => void) => reject()],
  ])('ignores that the work %s after its time', async (_what, settle) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const clock = manualClock()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const limited = withTimeLimit(() => promise, 100, undefined, clock)
      clock.advance(100)
      await expect(limited).rejects.toEqual(new EndedEarly('timeout'))
      settle(resolve, () => reject(new Error('too late')))
      await new Promise((done) => setImmediate(done))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })

  test("works with the runtime's clock", async () => {
    const limited = withTimeLimit(never, 1, undefined, systemClock)
    await expect(limited).rejects.toEqual(new EndedEarly('timeout'))
    expect(await withTimeLimit(async () => systemClock.random(), 60_000, undefined, systemClock)).toBeLessThan(1)
    expect(Math.abs(systemClock.wallNow() - Date.now())).toBeLessThan(60_000)
    const before = systemClock.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
  })
})

describe('pause()', () => {
  test('waits, unless the signal aborts or has aborted', async () => {
    const clock = manualClock()
    const waiting = pause(100, undefined, clock)
    clock.advance(100)
    expect(await waiting).toBe(true)
    const controller = new AbortController()
    const interrupted = pause(100, controller.signal, clock)
    controller.abort()
    expect(await interrupted).toBe(false)
    expect(await pause(100, controller.signal, clock)).toBe(false)
    expect(clock.pending).toBe(0)
  })
})

describe('within()', () => {
  test('resolves and rejects as its work does, whether it is asynchronous or not', async () => {
    expect(await within(1_000, () => 'done')).toBe('done')
    expect(await within(1_000, async () => 'done')).toBe('done')
    const fails = (): never => {
      throw new RangeError('no')
    }
    await expect(within(1_000, fails)).rejects.toThrow(RangeError)
    await expect(within(1_000, async () => fails())).rejects.toThrow(RangeError)
  })

  test('rejects when there is no result in time', async () => {
    const late = within(20, never)
    await expect(late).rejects.toThrow(TimedOut)
    await expect(late).rejects.toThrow('There was no result within 20 ms.')
  })
})
