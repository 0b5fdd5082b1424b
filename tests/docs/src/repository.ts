import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The root of the repository. */
export const root: string = join(import.meta.dirname, '../../..')

/**
 * Files of the repository that match git's patterns, by their paths from the root; including those not committed yet.
 */
export function filesLike(...patterns: readonly string[]): string[] {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns]
  return execFileSync('git', options, { cwd: root, encoding: 'utf8' }).trim().split('\n').filter(Boolean)
}
