import { isEntry, isTime } from './entry.ts'
import type { RevocationPage } from './source.ts'

/** Maximum number of entries in a page. */
export const MAX_ENTRIES = 10_000

/** Recognizes a valid cursor. */
export function isCursor(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~-]{1,8192}$/.test(value)
}

/**
 * Recognizes a page, as strictly as the contract.
 *
 * @param after The cursor of the request. If the page has more, its cursor must differ.
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
