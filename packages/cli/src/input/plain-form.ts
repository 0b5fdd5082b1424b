import { isName, showColumns } from './column-names.ts'
import { beginsArray, jsonAdvice, memberAdvice } from './json-form.ts'
import { separatorAdvice } from './line-separators.ts'
import { isTokenName } from './no-token.ts'

/** The form of an input that should have one token per line: its first lines show whether it has another one. */
export class PlainForm {
  #first: string | undefined
  #second: string | undefined
  #isTable = false
  #isArray = false

  /** Reads the next line that is not blank, and returns why nothing in it is a token, if the form of the input shows that. */
  add(text: string): string | undefined {
    if (this.#first === undefined) {
      this.#first = text.trim()
      this.#isTable = isHeadingWithBars(this.#first)
      this.#isArray = beginsArray(this.#first)
    } else this.#second ??= text.trim()
    // A bar can be part of a token, as in `42|secret`, so only the heading shows that it separates columns.
    if (this.#isTable && text.includes('|')) return 'The line is a row of a table.'
    // Only its last element, without a comma, would look like an object.
    return this.#isArray ? 'The line is a part of a JSON array.' : undefined
  }

  /** Advice on how to read another form with `--column` or `jq`. */
  advice(): string | undefined {
    const first = this.#first ?? ''
    const separators = separatorAdvice(first)
    if (separators) return separators
    const ofJson = jsonAdvice(first, this.#second) ?? objectAdvice(first)
    if (ofJson !== undefined || first.startsWith('{')) return ofJson
    const table = this.table()
    return table && `${table} Name the one that holds the tokens: --column NAME.`
  }

  /** The same for a command that reads no columns. */
  adviceWithoutColumns(): string | undefined {
    const table = this.table()
    if (table) return `${table} Tables are not read: write one token per line, without a heading.`
    const advice = this.advice()
    return advice?.includes('--column') ? undefined : advice
  }

  /** Describes the table that the input looks like. */
  table(): string | undefined {
    const first = this.#first ?? ''
    if (first.startsWith('{') || beginsArray(first)) return undefined
    const delimiter = [',', '\t', ';', '|'].find((character) => first.includes(character))
    if (delimiter === undefined) return undefined
    const names = first.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    return names.some(isName) ? `It looks like a table with the columns ${showColumns(names)}.` : undefined
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
