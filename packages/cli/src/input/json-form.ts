import { isName, quoteName, showColumns } from './column-names.ts'
import { isTokenName } from './no-token.ts'

/** The beginning of an array. `[]` is a missing value, and `[id],[token]` the heading of a table. */
const ARRAY = /^\[\s*(?:$|[{["])/
/** A text in quotes and nothing else, as `jq` writes it. */
const QUOTED = /^"([^"]*)"$/
/** The path of a member in a filter of `jq`, without quotes. */
const JQ_PATH = /^[A-Za-z_][\w.]*$/
const MAX_MEMBERS = 1_000
const MAX_DEPTH = 4
const MAX_SHOWN = 8

// Advice is followed as it is written, so it must not send what may be no token: `jq -r` only writes texts that are
// tokens by a name or a condition, and `N` fails until someone replaces it.

/** Recognizes the first line of a JSON array. */
export function beginsArray(first: string): boolean {
  return ARRAY.test(first.trim())
}

/**
 * Advice on an input whose first line is JSON, but neither a token nor an object.
 *
 * @param second The next line that is not blank, if it is known.
 */
export function jsonAdvice(first: string, second = ''): string | undefined {
  const line = first.trim()
  const next = second.trim()
  if (beginsArray(line)) return arrayAdvice(line, next)
  if (line === '{') return "It is one JSON object. Write one object per line: jq -c '.' FILE | backend-logout …"
  const [, quoted] = QUOTED.exec(line) ?? []
  if (quoted === undefined) return undefined
  if (next !== '' && isName(quoted))
    return `Its first line looks like the heading of a table: --column ${quoteName(quoted)}.`
  if (isTokenName(quoted)) return undefined
  return "Its lines are JSON texts. Write them without quotes: jq -r '.' FILE | backend-logout …"
}

function arrayAdvice(line: string, next: string): string {
  // If the line has only the bracket, the first element begins in the next one.
  const element = line.slice(1).trimStart() || next
  const isText = element.startsWith('"')
  if (element.startsWith('[')) return `It is a JSON array of arrays. ${rowAdvice('.[] | ')}`
  if (isText && next.startsWith('[')) return `Its lines are JSON arrays. ${rowAdvice('')}`
  if (isText) {
    return "It is a JSON array of texts. If each is a token, write one per line: jq -r '.[]' FILE | backend-logout …"
  }
  return "It is a JSON array. Write one element per line: jq -c '.[]' FILE | backend-logout …"
}

function rowAdvice(rows: string): string {
  return `Write the token of each, where N is its position, from 0: jq -c '${rows}{token: .[N]}' FILE | backend-logout …`
}

/** Advice on objects whose tokens are in an unknown member. */
export function memberAdvice(object: object): string {
  const names = Object.keys(object)
  if (names.length === 0) return 'Its first object has no members.'
  const places = [...placesOfTokens(object, { left: MAX_MEMBERS }, MAX_DEPTH)]
  return `Its objects have the members ${showColumns(names)}. ${placeAdvice(places)}`
}

function placeAdvice(places: readonly Place[]): string {
  const columns = places.filter(({ list }) => list === undefined).map(({ path }) => path)
  if (columns.length > 1) {
    // A refresh token can obtain new access tokens until it is revoked.
    const inOrder = columns.toSorted((a, b) => Number(/refresh/i.test(b)) - Number(/refresh/i.test(a)))
    const options = inOrder.slice(0, MAX_SHOWN).map((path) => `--column ${path}`)
    return `Several hold tokens. Use a run for each: ${options.join(', ')}.`
  }
  const list = columns.length === 0 ? places[0] : undefined
  if (list) {
    return `Tokens are in a list. Write one element per line: jq ${list.list} '.${list.path}[]' FILE | backend-logout …`
  }
  return `Name the one that holds the tokens: --column ${columns[0] ?? 'NAME'}.`
}

/** A member with a usual name of tokens. */
interface Place {
  /** Such as `_source.token`. */
  readonly path: string
  /** If it is a list of texts, or of objects with such a member: the options with which `jq` writes its elements. */
  readonly list?: '-r' | '-c'
}

function* placesOfTokens(object: object, members: { left: number }, depth: number, prefix = ''): Generator<Place> {
  for (const [name, value] of Object.entries(object)) {
    if (members.left-- <= 0) return
    // A path has dots between its names, and a shell splits blanks.
    if (!isName(name) || /[ .]/.test(name)) continue
    const path = `${prefix}${name}`
    const isList = Array.isArray(value)
    if (isList && !JQ_PATH.test(path)) continue
    const element: unknown = isList ? value[0] : value
    if (typeof element === 'string' && isTokenName(name)) yield isList ? { path, list: '-r' } : { path }
    if (depth === 0 || typeof element !== 'object' || element === null || Array.isArray(element)) continue
    const inner = placesOfTokens(element, members, depth - 1, `${path}.`)
    if (!isList) yield* inner
    else if (!inner.next().done) yield { path, list: '-c' }
  }
}
