import { LogoutError } from './errors.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import { withTimeLimit } from './time-limit.ts'

/**
 * Waits for a part of this package that is loaded on demand, as long as for a request. In a page, loading is a request:
 * it can fail, or never end.
 *
 * @throws LogoutError `network`; nothing was sent
 */
export function loadPart<T>(
  part: Promise<T>,
  { clock, limits }: ResolvedOptions,
  ms: number = limits.timeoutMs,
): Promise<T> {
  return withTimeLimit(() => part, ms, undefined, clock).catch((thrown) => {
    const cause = thrown instanceof Error ? thrown : undefined
    throw new LogoutError('network', 'Code of this client could not be loaded. Nothing was sent.', { cause })
  })
}
