const MAX_LENGTH = 65_536

/** Most claims are ASCII, whose bytes are its characters. */
const BEYOND_ASCII = /[\x80-\xff]/

/**
 * Reads the claims of a JWT without its signature, so they are as trustworthy as the holder of the token: they may decide
 * how it is handled, never what its holder may do.
 *
 * @returns an empty object for anything else, such as an opaque or an encrypted token
 * @example
 * ```ts
 * import { unverifiedClaims } from '@backend-logout/core'
 *
 * const { exp } = unverifiedClaims('eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl')
 * ```
 */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> {
  if (token.split('.', 4).length !== 3) return {}
  try {
    const claims: unknown = JSON.parse(payloadOf(token) ?? '')
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/**
 * The middle of a JWT as text.
 *
 * @throws DOMException if it is not base64
 */
export function payloadOf(token: string): string | undefined {
  const start = token.indexOf('.') + 1
  const end = token.indexOf('.', start)
  if (start === 0 || end <= start || token.length > MAX_LENGTH) return undefined
  const binary = atob(token.slice(start, end).replaceAll('-', '+').replaceAll('_', '/'))
  if (!BEYOND_ASCII.test(binary)) return binary
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}
