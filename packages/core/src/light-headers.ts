/** The characters of a header's name (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/

/** White space around a value, which is not part of it. */
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g

/** The characters that a value must not contain: NUL, ends of lines, and those of more than one byte. */
const FORBIDDEN = /[\0\n\r]|[^\0-\xff]/

/**
 * The part of `Headers` that openapi-fetch uses. In the published files, openapi-fetch has it in place of the global one,
 * for which Node.js loads its own copy of undici. It refuses what `Headers` refuses. Only `Set-Cookie`, which no request
 * has, is not kept apart.
 */
export class LightHeaders {
  readonly #values = new Map<string, string>()

  /** Replaces the values of a header. */
  set(name: string, value: string): void {
    this.#values.set(checkName(name), checkValue(value))
  }

  /** Adds a value to a header. */
  append(name: string, value: string): void {
    const key = checkName(name)
    const before = this.#values.get(key)
    this.#values.set(key, before === undefined ? checkValue(value) : `${before}, ${checkValue(value)}`)
  }

  /** Removes a header. */
  delete(name: string): void {
    this.#values.delete(checkName(name))
  }

  /** The values of a header, or `null`. */
  get(name: string): string | null {
    return this.#values.get(checkName(name)) ?? null
  }

  /** All headers, in the order of their names. */
  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1)).values()
  }

  /** The same as {@link LightHeaders.entries}. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
}

function checkName(name: string): string {
  if (!NAME.test(name)) throw new TypeError('The name of a header has characters that are not allowed.')
  return name.toLowerCase()
}

function checkValue(value: string): string {
  const trimmed = String(value).replace(AROUND, '')
  if (FORBIDDEN.test(trimmed)) throw new TypeError('The value of a header has characters that are not allowed.')
  return trimmed
}
