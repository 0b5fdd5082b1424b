/** `JSON` of Node.js 22, which the libraries of TypeScript do not describe yet. */
const { rawJSON } = JSON as JSON & { rawJSON(text: string): object }

/**
 * Parses JSON so that `JSON.stringify` writes its numbers as they were written: ids above 2^53 would be changed to
 * others. Such numbers are objects in the value.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) => {
      const source = context?.source
      return typeof value === 'number' && source !== undefined && source !== String(value) ? rawJSON(source) : value
    })
  } catch (error) {
    // Without a function, it can be read from deeper levels.
    if (error instanceof RangeError) return JSON.parse(text)
    throw error
  }
}
