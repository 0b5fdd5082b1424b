/** Line breaks of other systems than LF and CRLF, and the characters that separate records in some exports. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds these characters
const SEPARATOR = /[\r\v\f\0\x1c-\x1e\x85\u2028\u2029]/
const QUOTED = /"[^"]*"/g

/** Names what separates the lines in a text that is one line here; `undefined` if nothing does. */
export function separatorIn(text: string): string | undefined {
  const [found] = SEPARATOR.exec(text.trim()) ?? []
  return found && nameOf(found)
}

/** Describes such a text, and how to replace what separates its lines. */
export function separatorAdvice(text: string): string | undefined {
  const [found] = SEPARATOR.exec(text.trim()) ?? []
  return found && `Its line breaks are ${nameOf(found)}. Replace them: ${replacing(found)} | backend-logout …`
}

/** A line of a table in which another character than LF separates lines. */
export interface SeparatedLine {
  /** The first of these lines. */
  readonly first: string
  readonly advice: string
}

/** The same for a line of a table: line breaks inside quotes belong to a cell. */
export function separatedLine(line: string): SeparatedLine | undefined {
  const outside = line.trimEnd().replace(QUOTED, (cell) => '"'.repeat(cell.length))
  const at = outside.search(SEPARATOR)
  const advice = separatorAdvice(outside)
  return at === -1 || advice === undefined ? undefined : { first: line.slice(0, at), advice }
}

function nameOf(character: string): string {
  return character === '\r' ? 'CR alone' : `the character U+${codeOf(character, 16).toUpperCase().padStart(4, '0')}`
}

function replacing(character: string): string {
  // `tr` replaces bytes, and these have several.
  if (character > '\u007f') return String.raw`perl -CSD -pe 's/\R/\n/g' FILE`
  const code = character === '\r' ? String.raw`\r` : `\\${codeOf(character, 8).padStart(3, '0')}`
  return String.raw`tr '${code}' '\n' < FILE`
}

function codeOf(character: string, base: number): string {
  return character.charCodeAt(0).toString(base)
}
