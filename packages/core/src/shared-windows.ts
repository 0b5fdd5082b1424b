/** So many characters of a secret in a row are a leak. */
export const WINDOW = 12
const BASE = 33
/** What the first character of a window weighs once it is left behind. */
const LEAVING = Array.from({ length: WINDOW }).reduce<number>((weight) => Math.imul(weight, BASE), 1)

/**
 * Returns the runs of {@link WINDOW} characters that a secret has in common with any of some texts. The cost grows with
 * the lengths of secret and texts, not with their product: hashes are compared first (Rabin-Karp).
 */
export function sharedWindows(secret: string, texts: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>()
  const windows = new Set<string>()
  const hashes = new Set<number>()
  for (const text of texts) {
    eachWindow(text, (hash, start) => {
      hashes.add(hash)
      windows.add(text.slice(start, start + WINDOW))
    })
  }
  if (windows.size === 0) return found
  eachWindow(secret, (hash, start) => {
    if (!hashes.delete(hash)) return
    const window = secret.slice(start, start + WINDOW)
    if (windows.has(window)) found.add(window)
    // Another window with the same hash is still to come.
    else hashes.add(hash)
  })
  return found
}

function eachWindow(text: string, visit: (hash: number, start: number) => void): void {
  let hash = 0
  for (let end = 0; end < text.length; end++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0
    if (end >= WINDOW) hash = (hash - Math.imul(text.charCodeAt(end - WINDOW), LEAVING)) | 0
    if (end >= WINDOW - 1) visit(hash, end - WINDOW + 1)
  }
}
