import type { RunStep } from './step.ts'

/**
 * Does work under the application's lock, or without it if the lock cannot be acquired in time: the session must end.
 *
 * @param lock Runs its argument once it has the lock, and holds the lock until that has ended.
 * @param work Receives whether it runs under the lock.
 */
export async function underLock<T>(
  lock: (run: () => Promise<void>) => Promise<void>,
  work: (locked: boolean) => Promise<T>,
  runStep: RunStep,
): Promise<T> {
  const acquired = Promise.withResolvers<void>()
  let result: Promise<T> | undefined
  let late = false
  const run = async (): Promise<void> => {
    if (late) return
    result ??= work(true)
    acquired.resolve()
    // The outcome of the work does not affect the lock.
    await result.catch(() => {})
  }
  const released = (async () => lock(run))()
  const releasedUnused = released.then(() => {
    if (!result) throw new Error('session.lock ended without running the logout.')
  })
  await runStep('lock', () => Promise.race([acquired.promise, releasedUnused]))
  late = true
  if (!result) return work(false)
  // A lock that could not be released is reported, but the response does not wait for it.
  result.catch(() => {}).then(() => runStep('lock', () => released))
  return result
}
