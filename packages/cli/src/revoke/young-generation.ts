import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** From here on, more room makes a run with 64 requests in flight no faster; more of them need more. */
const ENOUGH_BYTES = 16 * 1024 * 1024
const POLL_MS = 50

/**
 * Keeps V8 from giving new objects ever more room. In a bulk run they live as long as a request, so that more than some
 * megabytes for them only make the process larger: by 100 MB and more.
 *
 * @returns ends it
 */
export function limitYoungGeneration(concurrency: number): () => void {
  const enough = concurrency <= 64 ? ENOUGH_BYTES : concurrency <= 512 ? 2 * ENOUGH_BYTES : Number.POSITIVE_INFINITY
  const timer = setInterval(() => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    if (space && space.space_size < enough) return
    clearInterval(timer)
    setFlagsFromString('--semi-space-growth-factor=1')
  }, POLL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
