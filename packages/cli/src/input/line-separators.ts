/** Line breaks of other systems than LF and CRLF, and other control characters, which separate records in some exports. */
const SEPARATOR = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u
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

/** The same for a line of a table: line breaks inside quotes belong to a cell. */
export function separatorAdviceOutsideQuotes(line: string): string | undefined {
  return separatorAdvice(line.replace(QUOTED, '""'))
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
