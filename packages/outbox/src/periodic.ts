/**
 * Runs a task repeatedly, but never twice at the same time.
 *
 * @param failed called with the task's rejection; the next run still follows
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
