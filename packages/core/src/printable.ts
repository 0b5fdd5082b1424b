/**
 * Characters that must not reach a terminal or a log unchanged: control and format characters (escape sequences, line
 * breaks, changes of direction, zero width, tags), line separators, unpaired surrogates, and all other invisible
 * characters.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Makes a whole text visible: an escape sequence becomes `\u{1b}[31m`, and a line break `\n`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => SHORT[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
