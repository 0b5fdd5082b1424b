import type { RevocationEntry, RevocationPage, RevocationSource } from '@backend-logout/revocations'

export const ISS = 'https://id.example.com'

/** In seconds since 1970. */
export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600

/** An entry for one token. */
export function revoked(jti: string): RevocationEntry {
  return { iss: ISS, jti, until: inAnHour() }
}

/** The claims of such a token. */
export function token(jti: string): { iss: string; jti: string; iat: number } {
  return { iss: ISS, jti, iat: Math.floor(Date.now() / 1000) }
}

/** Reads one page, without waiting. */
export function read(source: RevocationSource, after?: string, waitMs = 0): Promise<RevocationPage> {
  return source.read({ after, waitMs, signal: new AbortController().signal })
}

/** Reads to the end of a run, and returns the names of the tokens. */
export async function readAll(source: RevocationSource, after?: string): Promise<{ names: string[]; cursor: string }> {
  const names: string[] = []
  for (let cursor = after; ; ) {
    const page = await read(source, cursor)
    for (const entry of page.entries) names.push('jti' in entry ? entry.jti : JSON.stringify(entry))
    cursor = page.cursor
    if (!page.more) return { names, cursor }
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => unknown, what: string, timeoutMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`It took too long until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
