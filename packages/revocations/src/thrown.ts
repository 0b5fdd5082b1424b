/** The members of a thrown value that handlers read. */
export interface Thrown {
  readonly code?: unknown
  readonly name?: unknown
  readonly status?: unknown
}

/** Reads a thrown value. Anything can be thrown, even an object that throws when it is read. */
export function readThrown(error: unknown): Thrown {
  try {
    const { code, name, status } = Object(error) as Thrown
    return { code, name, status }
  } catch {
    return {}
  }
}
