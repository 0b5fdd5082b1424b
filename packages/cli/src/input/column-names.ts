import { printable } from '../terminal/printable.ts'

/** Usual names of columns: a few short words. Tokens, keys and passwords do not look like that. */
const NAME = /^[_@]?[A-Za-z]{1,15}(?:[ _.-]?[A-Za-z]{1,15}){0,3}\d{0,2}$/
const SHOWN = 20

/**
 * Names columns in a message. A table may have no heading, and then its first line has tokens, which must not be shown:
 * anything that does not look like a name becomes a number.
 */
export function showColumns(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name, at) => (isName(name) ? `"${printable(name)}"` : `(column ${at + 1})`))
  return names.length > SHOWN ? `${shown.join(', ')} and ${names.length - SHOWN} more` : shown.join(', ')
}

/** Recognizes texts that look like the name of a column. */
export function isName(text: string): boolean {
  return text.length <= 32 && NAME.test(text)
}

/** Quotes the column name from an option, which may be a misplaced token. */
export function quoteName(name: string): string {
  return isName(name) ? `"${name}"` : 'of the given name'
}
