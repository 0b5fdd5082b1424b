/** The members of a JSON object of any sender. */
export type JsonMembers = Readonly<Record<string, unknown>>

/** Returns a value as a JSON object; `undefined` if it is not one. */
export function membersOf(value: unknown): JsonMembers | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMembers) : undefined
}

/** Parses a JSON object; `undefined` for any other text. */
export function parseMembers(text: string): JsonMembers | undefined {
  try {
    return membersOf(JSON.parse(text))
  } catch {
    return undefined
  }
}
