import { expect, test } from 'vitest'
import { SharedWork } from './shared-work.ts'
import { manualClock } from './testing/manual-clock.ts'

/** Work whose runs end when the test requests it. */
function work() {
  const clock = manualClock()
  const runs: PromiseWithResolvers<string>[] = []
  const shared = new SharedWork(
    () => {
      const run = Promise.withResolvers<string>()
      runs.push(run)
      return run.promise
    },
    2_000,
    clock,
  )
  return { clock, runs, shared }
}

test('calls share the run in progress, and the next call begins another', async () => {
  const { runs, shared } = work()
  const calls = [shared.run(), shared.run(), shared.run()]
  expect([runs.length, shared.isRunning]).toEqual([1, true])
  runs[0]?.resolve('first')
  expect(await Promise.all(calls)).toEqual(['first', 'first', 'first'])
  expect(shared.isRunning).toBe(false)
  const next = shared.run()
  runs[1]?.resolve('second')
  expect(await next).toBe('second')
})

test('a call can bring the task of the run that it begins; one that joins a run does not need it', async () => {
  const { runs, shared } = work()
  const calls = [shared.run(async () => 'own'), shared.run(async () => 'not needed')]
  expect(await Promise.all(calls)).toEqual(['own', 'own'])
  expect(runs).toHaveLength(0)
})

test('a failure reaches all that share it, and is not kept', async () => {
  const { runs, shared } = work()
  const calls = Promise.allSettled([shared.run(), shared.run()])
  runs[0]?.reject(new Error('down'))
  expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(shared.isRunning).toBe(false)
})

test('when their patience ends, one of the calls that wait begins another run, which the others share', async () => {
  const { clock, runs, shared } = work()
  void shared.run()
  const waiting = [shared.run(), shared.run(), shared.run()]
  clock.advance(1_999)
  await Promise.resolve()
  expect(runs).toHaveLength(1)
  clock.advance(1)
  await new Promise(setImmediate)
  expect(runs).toHaveLength(2)
  // The first run never ends.
  runs[1]?.resolve('second')
  expect(await Promise.all(waiting)).toEqual(['second', 'second', 'second'])
  expect(shared.isRunning).toBe(false)
})

test('a call that comes later still does not wait for such a run', async () => {
  const { clock, runs, shared } = work()
  void shared.run()
  clock.advance(5_000)
  const next = shared.run()
  clock.advance(0)
  await new Promise(setImmediate)
  runs[1]?.resolve('second')
  expect(await next).toBe('second')
})

test('a run that fails late does not end the one that replaced it', async () => {
  const { clock, runs, shared } = work()
  const slow = shared.run()
  const waiting = shared.run()
  clock.advance(2_000)
  await new Promise(setImmediate)
  runs[0]?.reject(new Error('slow'))
  await expect(slow).rejects.toThrow('slow')
  expect(shared.isRunning).toBe(true)
  runs[1]?.resolve('fast')
  expect(await waiting).toBe('fast')
})

test.each([0, 1, 2])('the first success settles all calls, whoever began the run: %i', async (fastest) => {
  const { clock, runs, shared } = work()
  const calls = [shared.run(), shared.run(), shared.run()]
  for (const _patience of [1, 2]) {
    clock.advance(2_000)
    await new Promise(setImmediate)
    calls.push(shared.run())
  }
  expect(runs).toHaveLength(3)
  runs[fastest]?.resolve('found')
  expect(await Promise.all(calls)).toEqual(Array(5).fill('found'))
  expect([shared.isRunning, clock.pending]).toEqual([false, 0])
})

test('a slow run with a hundred calls that come one by one begins one more run per patience', async () => {
  const { clock, runs, shared } = work()
  const calls: Promise<string>[] = []
  for (let at = 0; at < 100; at++) {
    calls.push(shared.run())
    clock.advance(90)
    await new Promise(setImmediate)
  }
  expect(runs).toHaveLength(5)
  runs[0]?.resolve('after nine seconds')
  expect(await Promise.all(calls)).toEqual(Array(100).fill('after nine seconds'))
})

test('calls after a success do not get the result of a run that began before it', async () => {
  const { clock, runs, shared } = work()
  const calls = [shared.run(), shared.run()]
  clock.advance(2_000)
  await new Promise(setImmediate)
  runs[1]?.resolve('first')
  expect(await Promise.all(calls)).toEqual(['first', 'first'])
  const next = shared.run()
  runs[0]?.resolve('old')
  await new Promise(setImmediate)
  expect(shared.isRunning).toBe(true)
  runs[2]?.resolve('new')
  expect(await next).toBe('new')
})

test('a call is not affected by the failure of a run that it no longer waits for', async () => {
  const { clock, runs, shared } = work()
  const first = shared.run()
  const waiting = shared.run()
  clock.advance(2_000)
  await new Promise(setImmediate)
  runs[1]?.reject(new Error('down'))
  await expect(waiting).rejects.toThrow('down')
  runs[0]?.resolve('slow')
  expect(await first).toBe('slow')
})
