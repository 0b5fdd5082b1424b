/**
 * Loads the code that retries and describes failures, which clients otherwise load at the first failure. For packages of
 * runtimes that load code from files: a process that has no file descriptor left could not load it then.
 *
 * @example
 * ```ts
 * import { preload } from '@backend-logout/core'
 *
 * await preload()
 * ```
 */
export async function preload(): Promise<void> {
  await import('./attempt-history.ts')
}
