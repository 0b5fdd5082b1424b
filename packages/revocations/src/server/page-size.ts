import type { EntryMembers, RevocationEntry } from '../entry.ts'

/** The contract allows 8 MiB, including the text around the entries. */
const MAX_BYTES = 8_300_000

/** The number of these entries that fit into a page, whatever their characters are. */
export function countThatFit(entries: readonly RevocationEntry[]): number {
  let bytes = 0
  let count = 0
  for (const entry of entries) {
    const { iss, jti = '', sid = '', sub = '' }: EntryMembers = entry
    // JSON needs at most six bytes for a character.
    bytes += 100 + 6 * (iss.length + jti.length + sid.length + sub.length)
    if (bytes > MAX_BYTES) break
    count++
  }
  return count
}
