import { isName, showColumns } from './column-names.ts'
import type { Line } from './line-reader.ts'
import { isTokenName } from './no-token.ts'
import type { Row, RowFormat } from './row.ts'
import { parseTokenLine } from './token-line.ts'

/** Reads one token per line, alone or as the member `token` of a JSON object. */
export class PlainRows implements RowFormat {
  /** The beginning of the first nonblank line, to recognize its form. */
  #first: string | undefined
  #isTable = false

  add(line: Line, number: number): readonly Row[] {
    const parsed = parseTokenLine(line)
    if (!parsed) return []
    if (this.#first === undefined) {
      this.#first = (line.text ?? '').trim().slice(0, 4_096)
      this.#isTable = isHeadingWithBars(this.#first)
    }
    // A bar can be part of a token, as in `42|secret`, so only the heading shows that it separates columns.
    if (this.#isTable && line.text?.includes('|')) return [{ line: number, problem: 'The line is a row of a table.' }]
    if (parsed.token === undefined) return [{ line: number, problem: parsed.problem }]
    return [{ line: number, ...parsed }]
  }

  end(): readonly Row[] {
    return []
  }

  advice(): string | undefined {
    const first = this.#first ?? ''
    if (first.startsWith('['))
      return "It is a JSON array. Write one object per line: jq -c '.[]' FILE | backend-logout …"
    if (first.startsWith('{')) return objectAdvice(first)
    const delimiter = [',', '\t', ';', '|'].find((character) => first.includes(character))
    if (delimiter === undefined) return undefined
    const names = first.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    if (!names.some(isName)) return undefined
    return `It looks like a table with the columns ${showColumns(names)}. Name the one that holds the tokens: --column NAME.`
  }
}

function isHeadingWithBars(line: string): boolean {
  return line.includes('|') && line.split('|').some((name) => isTokenName(name.trim()))
}

function objectAdvice(text: string): string | undefined {
  if (text === '{') return "It is one JSON object. Write one object per line: jq -c '.' FILE | backend-logout …"
  try {
    const names = Object.keys(JSON.parse(text))
    if (names.includes('token')) return undefined
    return `Its objects have the members ${showColumns(names)}. Name the one that holds the tokens: --column NAME.`
  } catch {
    return undefined
  }
}
