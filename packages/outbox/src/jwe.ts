import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'

/** The protected header of a JWE: readable without its key, and authenticated. */
export type JweHeader = Readonly<Record<string, unknown>>

const IV_BYTES = 12
const TAG_BYTES = 16
/** Two tokens of the maximum length, with each character escaped, encrypted and in base64url, are shorter. */
export const MAX_JWE_LENGTH = 2_097_152
const MAX_HEADER_LENGTH = 8_192

/**
 * Encrypts a text as JSON Web Encryption in its compact form, with direct AES-256-GCM.
 *
 * The cipher is that of `node:crypto`, which is synchronous. With Web Crypto, as in `jose`, each token passes through
 * another thread, which costs several times as much as everything else. The tests check compatibility with `jose`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516#section-5.1 | RFC 7516 §5.1}
 */
export function encryptJwe(key: KeyObject, header: JweHeader, text: string): string {
  const protectedHeader = encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM', ...header }))
  const iv = randomFillSync(Buffer.alloc(IV_BYTES))
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(protectedHeader))
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `${protectedHeader}..${encode(iv)}.${encode(encrypted)}.${encode(cipher.getAuthTag())}`
}

/**
 * Decrypts the result of {@link encryptJwe}. Never throws.
 *
 * @returns `undefined` if it is something else, was changed, or was encrypted with another key
 */
export function decryptJwe(key: KeyObject, jwe: string): string | undefined {
  const [protectedHeader = '', encryptedKey, iv = '', encrypted = '', tag = '', rest] = jwe.split('.', 6)
  if (jwe.length > MAX_JWE_LENGTH || encryptedKey !== '' || rest !== undefined) return undefined
  const { alg, enc, crit, zip } = readJweHeader(jwe) ?? {}
  if (alg !== 'dir' || enc !== 'A256GCM' || crit !== undefined || zip !== undefined) return undefined
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.from(protectedHeader))
    cipher.setAuthTag(decode(tag))
    return `${cipher.update(decode(encrypted), undefined, 'utf8')}${cipher.final('utf8')}`
  } catch {
    return undefined
  }
}

/** Reads the protected header, which nothing has authenticated yet; `undefined` without one. */
export function readJweHeader(jwe: unknown): JweHeader | undefined {
  if (typeof jwe !== 'string') return undefined
  const end = jwe.slice(0, MAX_HEADER_LENGTH + 1).indexOf('.')
  if (end === -1) return undefined
  try {
    const header: unknown = JSON.parse(decode(jwe.slice(0, end)).toString())
    return typeof header === 'object' && header !== null && !Array.isArray(header) ? (header as JweHeader) : undefined
  } catch {
    return undefined
  }
}

function encode(content: string | Buffer): string {
  return Buffer.from(content).toString('base64url')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
