import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { memberOf } from '../json-member.ts'
import { type ColumnChoice, chooseRow, neededColumns } from './column-choice.ts'
import { quoteName, showColumns } from './column-names.ts'
import { parseExactly } from './exact-json.ts'
import { jsonAdvice, memberAdvice } from './json-form.ts'
import { type Line, problemWithAdvice } from './line-reader.ts'
import { separatorAdvice } from './line-separators.ts'
import { repeatsMember } from './repeated-members.ts'
import type { Row, RowFormat } from './row.ts'
import { REPEATED } from './token-line.ts'

/** Reads one JSON object per line (NDJSON), with members of any names. */
export class ObjectRows implements RowFormat {
  readonly #choice: ColumnChoice
  readonly #name: string
  /** The members that decide about a row; those to keep do not. */
  readonly #read: readonly string[]
  /** The first line that is not blank, to recognize its form. */
  #firstLine: string | undefined
  #first: object | undefined
  /** The members of `--where` that no object had so far; without those that may be missing. */
  readonly #unseen: Set<string>

  /** @param name The input's name in messages. */
  constructor(choice: ColumnChoice, name: string) {
    this.#choice = { ...choice, hint: 'token_type_hint' }
    this.#name = name
    this.#read = neededColumns({ ...this.#choice, keep: [] }).concat('token_type_hint')
    this.#unseen = new Set([...choice.where].flatMap(([name, values]) => (values.has('') ? [] : name)))
  }

  add({ text, problem }: Line, number: number): readonly Row[] {
    if (problem !== undefined) return [{ line: number, problem: problemWithAdvice(problem) }]
    // Also removes byte order marks, which are left where files were joined.
    const json = text.trim()
    if (json === '') return []
    this.#firstLine ??= json
    let value: unknown
    try {
      value = json.startsWith('{') ? parseExactly(json) : JSON.parse(json)
    } catch {
      return [{ line: number, problem: 'The line is not valid JSON.' }]
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ line: number, problem: 'The line is not a JSON object.' }]
    }
    this.#first ??= value
    for (const name of this.#unseen) if (memberOf(value, name) !== undefined) this.#unseen.delete(name)
    if (repeatsMember(json, this.#read)) return [{ line: number, problem: REPEATED }]
    const cell = (name: string): string | undefined => asText(memberOf(value, name))
    return [chooseRow(this.#choice, number, cell, () => this.#problemWith(value))]
  }

  /** @throws CommandError when all objects were left out because none has a member of `--where` */
  end(): readonly Row[] {
    const [name] = this.#unseen
    if (name === undefined || !this.#first) return []
    const why = `None of its objects has the member ${quoteName(name)} of --where. Its first one has ${showColumns(Object.keys(this.#first))}.`
    throw new CommandError(ExitCode.usage, `${this.#name} cannot be read. ${why} Nothing was sent.`)
  }

  advice(): string | undefined {
    if (!this.#first) return separatorAdvice(this.#firstLine ?? '') ?? jsonAdvice(this.#firstLine ?? '')
    const found = memberOf(this.#first, this.#choice.token)
    return found === undefined || Array.isArray(found) ? memberAdvice(this.#first) : undefined
  }

  #problemWith(value: object): string | undefined {
    const { token } = this.#choice
    const found = memberOf(value, token)
    if (found === undefined) return `The JSON object has no member ${quoteName(token)}.`
    if (found !== null && typeof found !== 'string') return `The member ${quoteName(token)} is not a string.`
    return undefined
  }
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    // JSON can be read from deeper levels than it can be written.
    return '[too deep]'
  }
}
