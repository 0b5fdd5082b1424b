import { WINDOW } from './shared-windows.ts'

/** The limits on the number of tokens and on their length: each text is compared with all of them. */
const MOST = 32
const LONGEST = 4_096

/** The calls whose tokens are kept. A token that is verified takes several. */
const CALLS = 128

/** Adds a token to those of a client's last calls, the last one first. Each once would cost the hash of every token. */
export function remember(recent: string[], token: string): void {
  if (token.length < WINDOW || token.length > LONGEST || token === recent[0]) return
  if (recent.unshift(token) > CALLS) recent.pop()
}

/** The last tokens, each once. */
export function lastOf(recent: readonly string[]): string[] {
  return [...new Set(recent)].slice(0, MOST)
}
