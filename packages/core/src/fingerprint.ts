/**
 * Names a token without showing it: the first 8 bytes of its SHA-256, in hexadecimal, such as `sha256:9f86d081884c7d65`.
 * The same token gives the same name on every runtime, so logs, events and reports can be matched.
 *
 * @param token The token, of any kind.
 */
export async function fingerprintToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  const hex = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0'))
  return `sha256:${hex.join('')}`
}
