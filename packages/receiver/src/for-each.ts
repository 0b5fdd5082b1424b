/**
 * Runs a task for each item, some at a time. All of them are tried; then the first failure is thrown.
 *
 * @param concurrency The maximum number of tasks at the same time.
 */
export async function forEach<T>(
  items: readonly T[],
  task: (item: T) => Promise<unknown>,
  concurrency = 16,
): Promise<void> {
  const left = items.values()
  const failures: unknown[] = []
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    for (const item of left) await task(item).catch((error: unknown) => failures.push(error))
  })
  await Promise.all(workers)
  if (failures.length > 0) throw failures[0]
}
