import { isName, showColumns } from './column-names.ts'
import { beginsArray, jsonAdvice, memberAdvice } from './json-form.ts'
import type { Line } from './line-reader.ts'
import { isTokenName } from './no-token.ts'
import type { Row, RowFormat } from './row.ts'
import { parseTokenLine } from './token-line.ts'

/** Reads one token per line, alone or as the member `token` of a JSON object. */
export class PlainRows implements RowFormat {
  /** The first nonblank line, to recognize its form. */
  #first: string | undefined
  #isTable = false
  #isArray = false

  add(line: Line, number: number): readonly Row[] {
    const parsed = parseTokenLine(line)
    if (!parsed) return []
    if (this.#first === undefined) {
      this.#first = (line.text ?? '').trim()
      this.#isTable = isHeadingWithBars(this.#first)
      this.#isArray = beginsArray(this.#first)
    }
    // A bar can be part of a token, as in `42|secret`, so only the heading shows that it separates columns.
    if (this.#isTable && line.text?.includes('|')) return [{ line: number, problem: 'The line is a row of a table.' }]
    // Only its last element, without a comma, would look like an object.
    if (this.#isArray) return [{ line: number, problem: 'The line is a part of a JSON array.' }]
    if (parsed.token === undefined) return [{ line: number, problem: parsed.problem }]
    return [{ line: number, ...parsed }]
  }

  end(): readonly Row[] {
    return []
  }

  advice(): string | undefined {
    const first = this.#first ?? ''
    const ofJson = jsonAdvice(first) ?? objectAdvice(first)
    if (ofJson !== undefined || first.startsWith('{')) return ofJson
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
  if (!text.startsWith('{')) return undefined
  try {
    const object = JSON.parse(text)
    return Object.hasOwn(object, 'token') ? undefined : memberAdvice(object)
  } catch {
    return undefined
  }
}
