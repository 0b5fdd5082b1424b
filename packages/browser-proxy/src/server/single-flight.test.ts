import { expect, test } from 'vitest'
import { createSingleFlight } from './single-flight.ts'

/** Work whose runs end when the test requests it. */
function work() {
  const runs: PromiseWithResolvers<string>[] = []
  const begin = (): Promise<string> => {
    const run = Promise.withResolvers<string>()
    runs.push(run)
    return run.promise
  }
  return { runs, begin }
}

test('calls with one key share the work in progress; others do not, and neither do later ones', async () => {
  const { runs, begin } = work()
  const flights = createSingleFlight<string>()
  const calls = [flights('a', begin), flights('a', begin), flights('b', begin), flights(undefined, begin)]
  expect(runs).toHaveLength(3)
  for (const [at, run] of runs.entries()) run.resolve(`run ${at}`)
  expect(await Promise.all(calls)).toEqual([
    { result: 'run 0', joined: false },
    { result: 'run 0', joined: true },
    { result: 'run 1', joined: false },
    { result: 'run 2', joined: false },
  ])
  const later = flights('a', begin)
  runs[3]?.resolve('run 3')
  expect(await later).toEqual({ result: 'run 3', joined: false })
})

test('a call waits for work that hangs only until its patience ends; later ones share its own', async () => {
  const { runs, begin } = work()
  const flights = createSingleFlight<string>(50)
  const hanging = flights('a', begin)
  const second = flights('a', begin)
  await expect.poll(() => runs.length).toBe(2)
  const third = flights('a', begin)
  runs[1]?.resolve('own')
  expect(await Promise.all([second, third])).toEqual([
    { result: 'own', joined: false },
    { result: 'own', joined: true },
  ])
  // Nor does the first call wait on.
  expect(await hanging).toEqual({ result: 'own', joined: false })
  // Its work was only slow. The end of it forgets no work but its own.
  const fourth = flights('a', begin)
  runs[0]?.resolve('slow')
  await new Promise(setImmediate)
  const fifth = flights('a', begin)
  runs[2]?.resolve('shared')
  expect(await Promise.all([fourth, fifth])).toEqual([
    { result: 'shared', joined: false },
    { result: 'shared', joined: true },
  ])
})
