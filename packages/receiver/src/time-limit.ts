/** Waits for a result, but no longer than `ms` milliseconds. A later result, or a later failure, is dropped. */
export async function within<T>(ms: number, run: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no result within ${ms} ms.`)), ms)
  })
  try {
    return await Promise.race([(async () => run())(), timeout])
  } finally {
    clearTimeout(timer)
  }
}
