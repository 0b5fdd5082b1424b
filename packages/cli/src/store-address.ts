/**
 * Recognizes addresses that may contain a password, in any form that Postgres accepts: before an `@`, as a query
 * parameter, or as `password=…` among keywords, percent-encoded or not. If in doubt, it returns `true`.
 */
export function mayHoldPassword(address: string): boolean {
  const text = decode(address)
  return /^[a-z][\w+.-]*:\/*[^@]*:[^@]*@/i.test(text) || /(?:pass\w*|pwd|secret|sslkey)\s*=/i.test(text)
}

/** Recognizes a list of keywords as `libpq` accepts it. It is unlikely to be a folder's path. */
export function isKeywordList(address: string): boolean {
  return /^\s*\w+\s*=/.test(address)
}

function decode(text: string): string {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoded === text ? text : decode(decoded)
}
