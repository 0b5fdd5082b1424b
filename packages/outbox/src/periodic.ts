/**
 * Runs a task again and again, but never twice at the same time.
 *
 * @param failed called with what the task rejects with; the next run comes nevertheless
 */
export function periodically(
  ms: number,
  task: () => Promise<unknown>,
  failed: (error: unknown) => void,
): NodeJS.Timeout {
  let isRunning = false
  return setInterval(async () => {
    if (isRunning) return
    isRunning = true
    try {
      await task()
    } catch (error) {
      failed(error)
    }
    isRunning = false
  }, ms)
}
