/** The beginning of a JWT's header, which may be cut off itself. */
const JOSE_START = /^\{\s*"(?:alg|typ|kid|enc|cty|jku|jwk|x5t|x5c|x5u|crit|zip)"\s*:/
const MAX_HEADER_CHARACTERS = 16_384

/**
 * Recognizes a JWT of which a part is missing: its header says what it is, and it has other than three parts (signed) or
 * five (encrypted). With key binding, an SD-JWT has five as well.
 */
export function isCutOffJwt(text: string): boolean {
  if (!text.startsWith('eyJ')) return false
  const dot = text.indexOf('.')
  const parts = text.split('.', 6).length
  if (parts === 3 || parts === 5) return false
  const header = text.slice(0, Math.min(dot === -1 ? text.length : dot, MAX_HEADER_CHARACTERS))
  return /^[\w-]+$/.test(header) && isJoseHeader(Buffer.from(header, 'base64url').toString())
}

/** A whole header has `alg` (RFC 7515 §4.1.1). Some other tokens also begin with JSON. */
function isJoseHeader(text: string): boolean {
  if (!JOSE_START.test(text)) return false
  try {
    return typeof JSON.parse(text).alg === 'string'
  } catch {
    return true
  }
}
