// Control characters, line separators, direction marks and other invisible characters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/**
 * The texts in a value, including its errors and their causes, that could control a terminal or forge a line of a log.
 */
export function unprintable(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return UNPRINTABLE.test(value) ? [JSON.stringify(value)] : []
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  // A message of ours may have several lines; stacks consist of lines.
  return Reflect.ownKeys(value)
    .filter((key) => key !== 'stack')
    .flatMap((key) => unprintable(Reflect.get(value, key), seen))
}
