/** Control characters, line separators, marks of direction, characters without a width, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Escapes characters that would control a terminal or forge a line of a log, as JSON does: messages of a database and
 * file names may come from anyone.
 *
 * @example
 * ```ts
 * import { printable } from '@backend-logout/private-store'
 *
 * console.log(printable('red: \\u001b[31m')) // escaped, and harmless to a terminal
 * ```
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    Array.from({ length: character.length }, (_, at) => escapeUnit(character.charCodeAt(at))).join(''),
  )
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
