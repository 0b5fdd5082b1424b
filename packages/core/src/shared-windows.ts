/** This many consecutive characters of a secret are a leak. */
export const WINDOW = 12
const BASE = 33
/** The weight of a window's first character once it is left behind: BASE to the power of WINDOW, in 32 bits. */
const LEAVING = 1_331_628_417

/** The runs of {@link WINDOW} characters of some texts, by their hashes. */
export type Windows = ReadonlyMap<number, readonly string[]>

/** Collects the windows of some texts, to be compared with many secrets. */
export function windowsOf(texts: Iterable<string>): Windows {
  const windows = new Map<number, string[]>()
  for (const text of texts) {
    eachWindow(text, (hash, start) => {
      const window = text.slice(start, start + WINDOW)
      const alike = windows.get(hash)
      if (!alike) windows.set(hash, [window])
      else if (!alike.includes(window)) alike.push(window)
    })
  }
  return windows
}

/**
 * Returns the windows that a secret has in common with some texts. The cost grows with the lengths of secret and texts,
 * not with their product: hashes are compared first (Rabin-Karp). Windows with the same hash are all compared.
 */
export function sharedWindows(secret: string, windows: Windows): ReadonlySet<string> {
  const found = new Set<string>()
  if (windows.size === 0) return found
  eachWindow(secret, (hash, start) => {
    const alike = windows.get(hash)
    if (alike) for (const window of alike) if (secret.startsWith(window, start)) found.add(window)
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
