/** A cookie as a browser sent it, in one piece or in numbered chunks. */
export interface SentCookie {
  /** The decoded value; `undefined` without one, or if a part is missing. */
  readonly value: string | undefined
  /** The names of its chunks, whatever their content. */
  readonly chunks: readonly string[]
  /** Reason why the chunks form no value. */
  readonly problem?: string
}

/** Separator between a cookie's name and the number of a chunk, which starts at 0. */
export const CHUNK_SEPARATORS = ['.', '__', '_', '-'] as const

/** The value of h3's cookie (Nuxt, TanStack Start) whose content is in that number of chunks, counted from 1. */
const IN_CHUNKS = /^__chunked__([1-9]\d{0,2})$/
const MAX_CHUNKS = 100
const MAX_CHARACTERS = 262_144

/**
 * Finds a cookie in a request. A complete cookie takes precedence; otherwise its chunks are joined, if none is missing.
 * Of two cookies with the same name the first counts, which has the longer path.
 *
 * The last chunk does not show whether more should follow. The reader of the value has to detect that.
 */
export function sentCookie({ headers }: Request, name: string, separators: readonly string[]): SentCookie {
  let whole = ''
  const found = new Map<string, Map<number, string>>()
  const chunks: string[] = []
  for (const pair of headers.get('cookie')?.split(';') ?? []) {
    const at = pair.indexOf('=')
    const key = pair.slice(0, Math.max(at, 0)).trim()
    if (!key.startsWith(name)) continue
    const value = pair.slice(at + 1).trim()
    if (key === name) whole ||= unquoted(value)
    const [, separator = '', digits] = key.slice(name.length).match(/^(\D+)(0|[1-9]\d{0,5})$/) ?? []
    // The cookie in one piece may come after any number of them.
    if (chunks.length > MAX_CHUNKS || !separators.includes(separator) || chunks.includes(key)) continue
    chunks.push(key)
    if (!found.has(separator)) found.set(separator, new Map())
    if (value) found.get(separator)?.set(Number(digits), unquoted(value))
  }
  const count = separators.length > 0 ? IN_CHUNKS.exec(whole)?.[1] : undefined
  if (whole && count === undefined) return { value: decoded(whole), chunks }
  const parts = separators.map((separator) => found.get(separator)).find((numbered) => numbered?.size)
  if (!parts && count === undefined) return { value: undefined, chunks }
  const joined = count === undefined ? join(parts, 0, parts?.size) : join(parts, 1, Number(count))
  return joined === undefined ? { value: undefined, chunks, problem: PROBLEM } : { value: decoded(joined), chunks }
}

const PROBLEM = `The session's cookie came in chunks, but one is missing, or they are more than ${MAX_CHUNKS}, or too long.`

/** The chunks from a number on, in one piece; `undefined` if one is missing. */
function join(parts: ReadonlyMap<number, string> | undefined, first: number, count = 0): string | undefined {
  if (count > MAX_CHUNKS) return undefined
  let value = ''
  for (let index = first; index < first + count; index++) {
    const part = parts?.get(index)
    if (part === undefined) return undefined
    value += part
  }
  return value.length > MAX_CHARACTERS ? undefined : value
}

function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/, '$1')
}

/** Decoded after joining: a chunk may end in the middle of an escape. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
