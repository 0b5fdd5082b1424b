/** The parts of valid JSON that give it its structure: brackets, commas and texts, of which some are names. */
const PART = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g

/** An object or a list whose end was not read yet. */
interface Open {
  /** The names so far; `undefined` in a list, and too deep for any of the paths. */
  readonly names: Set<string> | undefined
  /** The name of the current member, or the position of the current element. */
  at: string | number
  /** True where the next text is the name of a member. */
  awaitsName: boolean
}

/**
 * True if an object has two members of one name on the way to what these paths name: `token`, `session.token`. Programs
 * read different ones of them, and `JSON.parse` drops all but the last one.
 *
 * @param json Valid JSON.
 */
export function repeatsMember(json: string, paths: readonly string[]): boolean {
  const possible = paths.filter((path) => mayRepeat(json, path))
  if (possible.length === 0) return false
  const depth = Math.max(...possible.map((path) => path.split('.').length))
  for (const found of repeatedPaths(json, depth)) {
    if (possible.some((path) => path === found || path.startsWith(`${found}.`))) return true
  }
  return false
}

/** True if an object has two members of any one name, down to a depth. @param json Valid JSON. */
export function repeatsAnyMember(json: string, depth: number): boolean {
  return repeatedPaths(json, depth).next().done === false
}

/** Nearly all lines have each name once, and need not be read again. */
function mayRepeat(json: string, path: string): boolean {
  // Escapes can write any name, but these characters only by their number.
  if (json.includes(/^[\w.-]+$/.test(path) ? '\\u' : '\\')) return true
  return [path, ...path.split('.')].some((name) => {
    const quoted = `"${name}"`
    const first = json.indexOf(quoted)
    return first !== -1 && json.includes(quoted, first + quoted.length)
  })
}

/** The paths of names that an object has more than once, down to a depth. */
function* repeatedPaths(json: string, depth: number): Generator<string> {
  const open: Open[] = []
  for (const [part] of json.matchAll(PART)) {
    const inner = open.at(-1)
    if (part === '{' || part === '[') open.push(opened(part, open.length < depth))
    else if (part === '}' || part === ']') open.pop()
    else if (part === ',') advance(inner)
    else if (inner?.awaitsName && isRepeated(inner, part)) yield open.map(({ at }) => at).join('.')
  }
}

function opened(bracket: '{' | '[', isRead: boolean): Open {
  const isObject = bracket === '{'
  return { names: isObject && isRead ? new Set() : undefined, at: 0, awaitsName: isObject && isRead }
}

/** After a comma. */
function advance(open: Open | undefined): void {
  if (!open) return
  if (open.names) open.awaitsName = true
  else if (typeof open.at === 'number') open.at++
}

/** Reads the name of a member. */
function isRepeated(open: Open, part: string): boolean {
  const name: string = JSON.parse(part)
  open.at = name
  open.awaitsName = false
  const isKnown = open.names?.has(name) ?? false
  open.names?.add(name)
  return isKnown
}
