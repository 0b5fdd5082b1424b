import { refuse } from './errors.ts'

/** The longest logout token, in characters, as in the contract. Real ones have less than 2 000, encrypted ones 4 000. */
export const MAX_TOKEN_LENGTH = 16_384

/**
 * The maximum length of the header and the claims together, in characters of the token. Nothing else of it is read before
 * cryptography. Three names of the longest kind fit, and so does a chain of two certificates.
 */
const MAX_READ_LENGTH = 8_192

/** The maximum number of brackets and commas in its header and its claims. Real ones have fewer than 30. */
const MAX_PARTS = 50

/** An untrusted JSON object. Its members are read with {@link member} only. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A compact JWS or JWE, split into its parts. No part of it is verified. */
export interface CompactToken {
  readonly parts: readonly string[]
  readonly header: JsonObject
}

/**
 * Characters of base64 that base64url does not have. Searching for characters that neither has takes longer, and `atob`
 * finds them.
 */
const FOREIGN = /[\s=+/]/
const OBJECT = /^\s*\{/
const NOT_ASCII = /[\u0080-\u00ff]/
// Shared, because creating one costs more than using it.
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Splits a compact JWS (three parts) or JWE (five parts).
 *
 * @throws LogoutTokenError `too_large` or `malformed`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 | RFC 7515 §7.1}
 */
export function splitToken(token: unknown): CompactToken {
  if (typeof token !== 'string') refuse('malformed', 'A logout token must be a string.')
  if (token.length > MAX_TOKEN_LENGTH) {
    refuse('too_large', `A logout token must have at most ${MAX_TOKEN_LENGTH} characters.`)
  }
  const parts = token.split('.', 6)
  // A JWS without a signature is a token of "alg":"none", and is rejected below. The second part of a JWE is empty if
  // the key is agreed on directly.
  const mayBeEmpty = parts.length === 3 ? 2 : 1
  const hasAll = parts.every((part, index) => part !== '' || index === mayBeEmpty)
  if ((parts.length !== 3 && parts.length !== 5) || !hasAll || FOREIGN.test(token)) {
    refuse('malformed', 'A logout token must be a compact JWS or JWE.')
  }
  const [header = '', claims = ''] = parts
  if (header.length + claims.length > MAX_READ_LENGTH) {
    refuse('too_large', `The header and the claims of a logout token may have at most ${MAX_READ_LENGTH} characters.`)
  }
  return { parts, header: readJson(header, 'header') }
}

/**
 * Reads a part that contains a JSON object.
 *
 * @throws LogoutTokenError `malformed`
 */
export function readJson(part: string, what: string): JsonObject {
  let value: unknown
  try {
    const text = decodeText(part)
    // Most invalid tokens are detected here: parsing them, or letting the parser throw, costs many times as much.
    value = OBJECT.test(text) && isSmall(text) ? JSON.parse(text) : undefined
  } catch {
    refuse('malformed', `The ${what} of the logout token is not JSON.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('malformed', `The ${what} of the logout token is not a JSON object.`)
  }
  return value as JsonObject
}

/** A member of an untrusted object, never an inherited one. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** True if JSON has no more objects, lists and members than a logout token may need. */
function isSmall(text: string): boolean {
  let left = MAX_PARTS
  for (const sign of ['{', '[', ',']) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) if (--left < 0) return false
  }
  return true
}

/** @throws TypeError or DOMException if it is not UTF-8, or not base64url */
function decodeText(part: string): string {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  // Most tokens are ASCII, whose bytes are its characters.
  if (!NOT_ASCII.test(binary)) return binary
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return decoder.decode(bytes)
}
