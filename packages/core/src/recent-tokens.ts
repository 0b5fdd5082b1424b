import { WINDOW } from './shared-windows.ts'

/** The limits on the number of tokens and on their length: each text is compared with all of them. */
const MOST = 32
const LONGEST = 4_096

/** The calls whose tokens are kept, at least. A token that is throttled takes several. */
const CALLS = 128

/**
 * Adds a token to those of a client's last calls, which end with the last one.
 *
 * @param isRevoked Whether the call revokes it. A verification may introspect it many times. The tokens of revocations
 * are not compared with the others, which would take longer than all the rest of this.
 */
export function remember(recent: string[], token: string, isRevoked: boolean): void {
  if (token.length < WINDOW || token.length > LONGEST) return
  const at = isRevoked ? -1 : recent.indexOf(token)
  if (at >= 0) recent.splice(at, 1)
  // Removed by the hundred: to move all others at each call would take a hundredth of its time.
  if (recent.push(token) === 2 * CALLS) recent.splice(0, CALLS)
}

/** The last tokens, each once, the last one first. */
export function lastOf(recent: readonly string[]): string[] {
  return [...new Set(recent.toReversed())].slice(0, MOST)
}
