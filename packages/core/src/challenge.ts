/** A quoted string on its own, or a parameter with a quoted or a bare value (RFC 9110 §11.2). */
const PART = /"(?:[^"\\]|\\.)*"?|(?<![^\s,])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gs

/**
 * Reads a parameter of `WWW-Authenticate`, such as `error="invalid_client"` (RFC 6750 §3). The header is read from its
 * start, so that the content of a quoted string is never read as a parameter.
 *
 * @returns The first value of that name; `undefined` without one.
 */
export function challengeParameter(challenge: string | null, name: string): string | undefined {
  for (const value of challengeParameters(challenge, name)) return value
  return undefined
}

/** Reads a parameter of each challenge, in the same way. */
export function* challengeParameters(challenge: string | null, name: string): Iterable<string> {
  for (const [, found, quoted, bare] of challenge?.matchAll(PART) ?? []) {
    const value = quoted?.replace(/\\(.)/gs, '$1') ?? bare
    if (found?.toLowerCase() === name && value !== undefined) yield value
  }
}
