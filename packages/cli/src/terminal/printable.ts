// Control characters, line and paragraph separators, direction marks, characters without a width, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu
const PLAIN = /^[\x20-\x7e]*$/

/**
 * Escapes characters that could control a terminal, forge a line of a log or hide: each becomes `\uXXXX`. JSON escapes
 * characters in the same way, so JSON stays the same value.
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, escapeCharacter)
}

/** Writes lines as text. A text that is one line stays one. */
export function printableLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('')
}

function escapeCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}
