import { isEntry, isTime } from './entry.ts'
import type { RevocationPage } from './source.ts'

/** Maximum number of entries in a page. */
export const MAX_ENTRIES = 10_000

/** Whether this may be a cursor. */
export function isCursor(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~-]{1,8192}$/.test(value)
}

/**
 * Whether this is a page, as strictly as the contract has it.
 *
 * @param after The cursor that it was asked for with. A page that has more must lead on from there.
 */
export function isPage(value: unknown, after: string | undefined): value is RevocationPage {
  const { entries, cursor, as_of, more } = (value ?? {}) as Partial<RevocationPage>
  return (
    Array.isArray(entries) &&
    entries.length <= MAX_ENTRIES &&
    entries.every(isEntry) &&
    isCursor(cursor) &&
    isTime(as_of) &&
    (more === false || (more === true && entries.length > 0 && cursor !== after))
  )
}
