import type { Line } from './line-reader.ts'
import { PlainForm } from './plain-form.ts'
import type { Row, RowFormat } from './row.ts'
import { parseTokenLine } from './token-line.ts'

/** Reads one token per line, alone or as the member `token` of a JSON object. */
export class PlainRows implements RowFormat {
  readonly #form = new PlainForm()

  add(line: Line, number: number): readonly Row[] {
    const parsed = parseTokenLine(line)
    if (!parsed) return []
    const problem = this.#form.add(line.text ?? '')
    if (problem !== undefined) return [{ line: number, problem }]
    if (parsed.token === undefined) return [{ line: number, problem: parsed.problem }]
    return [{ line: number, ...parsed }]
  }

  end(): readonly Row[] {
    return []
  }

  advice(): string | undefined {
    return this.#form.advice()
  }
}
