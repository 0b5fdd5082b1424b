import { expect, test } from 'vitest'
import { type TimedCall, TimedCalls } from './timed-calls.ts'

const NEVER = new Promise<never>(() => {})

test('a call has the result of its task, or its error', async () => {
  const calls = new TimedCalls(5_000)
  await expect(calls.run(async () => 'stored')).resolves.toBe('stored')
  await expect(calls.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const fails = (): never => {
    throw new Error('no')
  }
  await expect(calls.run(fails)).rejects.toThrow('no')
  await calls.settle(60_000)
})

test('a call ends in time, and its task learns that nobody waits', async () => {
  const calls = new TimedCalls(20)
  let begun: TimedCall | undefined
  const result = calls.run((call) => {
    begun = call
    return NEVER
  })
  expect(begun?.isAbandoned).toBe(false)
  await expect(result).rejects.toThrow('the database did not answer in time')
  expect(begun?.isAbandoned).toBe(true)
  expect(begun?.giveUpAt).toBeLessThanOrEqual(performance.now() + 1)
})

test('a call that is not repeated has the time of one attempt', async () => {
  const calls = new TimedCalls(0, 5_000)
  const task = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 20, 'stored'))
  await expect(calls.run(task)).resolves.toBe('stored')
})

test('settling waits for calls, and then ends them', async () => {
  const calls = new TimedCalls(60_000)
  const slow = calls.run(() => new Promise((resolve) => setTimeout(resolve, 20, 'stored')))
  await calls.settle(60_000)
  await expect(slow).resolves.toBe('stored')

  const stuck = Promise.allSettled([calls.run(() => NEVER), calls.run(() => NEVER)])
  await Promise.all([calls.settle(20), calls.settle(20)])
  expect(await stuck).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
})
