import { isName, showColumns } from './column-names.ts'
import { isTokenName } from './no-token.ts'

/** The beginning of an array. `[]` is a missing value, and `[id],[token]` the heading of a table. */
const ARRAY = /^\[\s*(?:$|[{["])/
/** A text in quotes and nothing else, as `jq` writes it. */
const QUOTED = /^"([^"]*)"$/
const MAX_MEMBERS = 1_000
const MAX_DEPTH = 4

/** Recognizes the first line of a JSON array. */
export function beginsArray(first: string): boolean {
  return ARRAY.test(first.trim())
}

/** Advice on an input whose first line is JSON, but neither a token nor an object. */
export function jsonAdvice(first: string): string | undefined {
  const line = first.trim()
  if (beginsArray(line)) return "It is a JSON array. Write one element per line: jq -cr '.[]' FILE | backend-logout …"
  if (line === '{') return "It is one JSON object. Write one object per line: jq -c '.' FILE | backend-logout …"
  const [, quoted] = QUOTED.exec(line) ?? []
  if (quoted === undefined || isTokenName(quoted)) return undefined
  return "Its lines are JSON texts. Write them without quotes: jq -r '.' FILE | backend-logout …"
}

/** Advice on objects whose tokens are in an unknown member. */
export function memberAdvice(object: object): string {
  const names = Object.keys(object)
  if (names.length === 0) return 'Its first object has no members.'
  return (
    `Its objects have the members ${showColumns(names)}. Name the one that holds the tokens: ` +
    `--column ${pathOfToken(object, { left: MAX_MEMBERS }, MAX_DEPTH) ?? 'NAME'}.`
  )
}

/** The path of a text in an inner object with a usual name of tokens, such as `_source.token`. */
function pathOfToken(object: object, members: { left: number }, depth: number): string | undefined {
  for (const [name, value] of Object.entries(object)) {
    if (members.left-- <= 0) return undefined
    // A path has dots between its names, and a shell splits blanks.
    if (!isName(name) || /[ .]/.test(name)) continue
    if (typeof value === 'string' && isTokenName(name)) return name
    if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const inner = pathOfToken(value, members, depth - 1)
    if (inner !== undefined) return `${name}.${inner}`
  }
  return undefined
}
