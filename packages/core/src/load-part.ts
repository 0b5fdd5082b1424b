import { LogoutError } from './errors.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import { withTimeLimit } from './time-limit.ts'

/** Loads a part of this package, for at most this many milliseconds; by default, as long as for a request. */
export type LoadPart<T> = (options: ResolvedOptions, ms?: number) => Promise<T>

/**
 * A part of this package that is loaded on demand. In a page, loading is a request: it can fail, or never end. A part
 * that is loaded is kept, because another `import()` takes up to a third of the time of a call.
 *
 * @throws LogoutError `network`; nothing was sent
 */
export function partOf<T>(load: () => Promise<T>): LoadPart<T> {
  let part: T | undefined
  return async ({ clock, limits }, ms = limits.timeoutMs) => {
    try {
      part ??= await withTimeLimit(load, ms, undefined, clock)
      return part
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown : undefined
      throw new LogoutError('network', 'Code of this client could not be loaded. Nothing was sent.', { cause })
    }
  }
}
