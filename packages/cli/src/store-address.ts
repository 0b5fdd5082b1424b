/**
 * Whether an address may hold a password, in any of the ways that Postgres takes one: before an `@`, as a parameter of
 * the query, or as `password=…` among keywords, percent-encoded or not. It errs on the side of yes.
 */
export function mayHoldPassword(address: string): boolean {
  const text = decode(address)
  return /^[a-z][\w+.-]*:\/*[^@]*:[^@]*@/i.test(text) || /(?:pass\w*|pwd|secret|sslkey)\s*=/i.test(text)
}

/** Whether this is a list of keywords, as `libpq` takes it. As a path it would be a strange folder. */
export function isKeywordList(address: string): boolean {
  return /^\s*\w+\s*=/.test(address)
}

function decode(text: string): string {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoded === text ? text : decode(decoded)
}
