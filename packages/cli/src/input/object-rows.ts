import { memberOf } from '../json-member.ts'
import { type ColumnChoice, chooseRow } from './column-choice.ts'
import { quoteName, showColumns } from './column-names.ts'
import type { Line } from './line-reader.ts'
import type { Row, RowFormat } from './row.ts'

/** Reads one JSON object per line (NDJSON), with members of any names. */
export class ObjectRows implements RowFormat {
  readonly #choice: ColumnChoice
  #firstNames: readonly string[] | undefined

  constructor(choice: ColumnChoice) {
    this.#choice = { ...choice, hint: 'token_type_hint' }
  }

  add({ text, problem }: Line, number: number): readonly Row[] {
    if (problem !== undefined) return [{ line: number, problem }]
    if (text.trim() === '') return []
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [{ line: number, problem: 'The line is not valid JSON.' }]
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ line: number, problem: 'The line is not a JSON object.' }]
    }
    this.#firstNames ??= Object.keys(value)
    const { token } = this.#choice
    const found = memberOf(value, token)
    if (found === undefined) return [{ line: number, problem: `The JSON object has no member ${quoteName(token)}.` }]
    if (found !== null && typeof found !== 'string')
      return [{ line: number, problem: `The member ${quoteName(token)} is not a string.` }]
    return [chooseRow(this.#choice, number, (name) => asText(memberOf(value, name)))]
  }

  end(): readonly Row[] {
    return []
  }

  advice(): string | undefined {
    if (!this.#firstNames || this.#firstNames.includes(this.#choice.token)) return undefined
    return `Its objects have the members ${showColumns(this.#firstNames)}. Name the one that holds the tokens with --column.`
  }
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
