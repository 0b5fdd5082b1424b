import { refuse } from './errors.ts'

/** The longest logout token, in characters, as in the contract. Real ones have less than 2 000, encrypted ones 4 000. */
export const MAX_TOKEN_LENGTH = 16_384

/** A JSON object of a stranger. Its members are read with {@link member} only. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A compact JWS or JWE, taken apart. Nothing of it is verified. */
export interface CompactToken {
  readonly parts: readonly string[]
  readonly header: JsonObject
}

const BASE64URL = /^[\w-]+$/
// One for all: to make one costs more than to use it.
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Takes a compact JWS (three parts) or JWE (five parts) apart.
 *
 * @throws LogoutTokenError `too_large` or `malformed`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 | RFC 7515 §7.1}
 */
export function splitToken(token: unknown): CompactToken {
  if (typeof token !== 'string') refuse('malformed', 'A logout token is a string.')
  if (token.length > MAX_TOKEN_LENGTH) {
    refuse('too_large', `A logout token has at most ${MAX_TOKEN_LENGTH} characters.`)
  }
  const parts = token.split('.', 6)
  const isJws = parts.length === 3
  // The second part of a JWE is empty where the key is agreed on directly.
  const isWellFormed = parts.every((part, index) => BASE64URL.test(part) || (!isJws && index === 1 && part === ''))
  // A JWS without a signature is a token of "alg":"none", and is told so below.
  const isUnsigned = isJws && parts[2] === '' && BASE64URL.test(`${parts[0]}${parts[1]}`)
  if ((!isJws && parts.length !== 5) || !(isWellFormed || isUnsigned)) {
    refuse('malformed', 'A logout token is a compact JWS or JWE.')
  }
  return { parts, header: readJson(parts[0] as string, 'header') }
}

/**
 * Reads a part that holds a JSON object.
 *
 * @throws LogoutTokenError `malformed`
 */
export function readJson(part: string, what: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(decodeBase64Url(part)))
  } catch {
    refuse('malformed', `The ${what} of the logout token is not JSON.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('malformed', `The ${what} of the logout token is not a JSON object.`)
  }
  return value as JsonObject
}

/** A member of a stranger's object, never one that it inherits. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function decodeBase64Url(part: string): Uint8Array<ArrayBuffer> {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
