/** The names of the members of a type, or of all members of a union; the compiler reports missing ones. */
export type Names<T> = Readonly<Record<T extends T ? keyof T & string : never, true>>

/** An option that does not exist. */
export interface UnknownOption {
  /** Its name. */
  readonly option: string
  /** The rest of the message, with the option that is probably meant. */
  readonly reason: string
}

/**
 * Finds an option that does not exist: if it were ignored, a setting would have no effect. `undefined` counts as
 * missing, and so do symbols, under which an application may add its own members. For packages that take options.
 *
 * @param known An object with the names that exist.
 * @param hints Advice for other names, as the end of a sentence.
 * @example
 * ```ts
 * import { findUnknownOption, invalidOption } from '@backend-logout/core'
 *
 * export function checkPool(pool: object): void {
 *   const unknown = findUnknownOption(pool, { connections: true }, { sockets: 'use connections' })
 *   if (unknown) invalidOption(unknown.option, unknown.reason)
 * }
 * ```
 */
export function findUnknownOption(
  options: object,
  known: object,
  hints: Readonly<Record<string, string>> = {},
): UnknownOption | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    // A name can be anything, even a misplaced secret.
    const option = /^[\w.-]{1,60}$/.test(name) ? name : 'A name'
    const hint = Object.hasOwn(hints, name) ? hints[name] : nearest(name, Object.keys(known))
    return { option, reason: `is not an option here: ${hint}.` }
  }
  return undefined
}

/** Slips share more with the name that is meant. Names of other things, such as `userPoolSecret`, share less. */
const SLIP = 0.6

function nearest(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, likeness: likeness(name, candidate) }))
    .sort((a, b) => b.likeness - a.likeness)
  const [best] = ranked
  return best && best.likeness > SLIP ? `use ${best.candidate}` : `the options are ${known.join(', ')}`
}

/** From 0 to 1: the letters that two names share, in half alone, and in half in pairs. Letters in another order are slips. */
function likeness(one: string, other: string): number {
  const [a, b] = [lettersOf(one), lettersOf(other)]
  return (overlap(a, b) + overlap(pairsOf(a), pairsOf(b))) / 2
}

function overlap(one: readonly string[], other: readonly string[]): number {
  const left = [...other]
  for (const part of one) {
    const at = left.indexOf(part)
    if (at !== -1) left.splice(at, 1)
  }
  return (2 * (other.length - left.length)) / (one.length + other.length)
}

function lettersOf(name: string): string[] {
  const letters = name.toLowerCase().replace(/[^a-z]/g, '')
  return Array.from(letters.slice(0, 60))
}

function pairsOf(letters: readonly string[]): string[] {
  return letters.map((letter, at) => letter + (letters[at + 1] ?? ''))
}
