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

test('a run that ends late does not end the one that replaced it', async () => {
  const { clock, runs, shared } = work()
  const slow = shared.run()
  const waiting = shared.run()
  clock.advance(2_000)
  await new Promise(setImmediate)
  runs[0]?.resolve('slow')
  expect(await slow).toBe('slow')
  expect(shared.isRunning).toBe(true)
  runs[1]?.resolve('fast')
  expect(await waiting).toBe('fast')
})
