import type { webcrypto } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import { OutboxError } from './errors.ts'
import type { FailureCode } from './events.ts'

/** A key that tokens are encrypted with: AES-256. */
export interface EncryptionKey {
  /** Names the key; stored with what it encrypts. 1 to 100 letters, digits or `-_.:`. */
  readonly kid: string
  /** 32 random bytes, as they are or in base64url (or base64). */
  readonly key: Uint8Array | string
}

/** Encrypts and decrypts, with whatever keys there are. */
export interface Keyring {
  /** Encrypts with the first key. `about` stays readable, and cannot be changed without {@link Keyring.unseal} noticing. */
  seal(secret: unknown, about: Readonly<Record<string, unknown>>): Promise<string>
  /** Decrypts with the key it was encrypted with. */
  unseal(sealed: string): Promise<Unsealed>
}

/** What became of an attempt to decrypt. */
export type Unsealed =
  | { readonly ok: true; readonly secret: unknown }
  | { readonly ok: false; readonly code: Extract<FailureCode, 'unknown_key' | 'undecryptable'> }

const TYPE = 'backend-logout+jwe'

/**
 * Makes a keyring: JSON Web Encryption with direct AES-256-GCM. Without keys it has one that nobody else knows.
 *
 * @throws OutboxError `invalid_options`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516 | RFC 7516}
 */
export async function createKeyring(keys: readonly EncryptionKey[] | undefined): Promise<Keyring> {
  const given = keys?.length ? keys : [{ kid: 'memory', key: crypto.getRandomValues(new Uint8Array(32)) }]
  const imported = new Map<string, webcrypto.CryptoKey>()
  for (const [index, entry] of given.entries()) {
    const { kid, key } = entry ?? {}
    if (typeof kid !== 'string' || !/^[\w.:-]{1,100}$/.test(kid)) {
      refuse(`encryptionKeys[${index}].kid must be 1 to 100 letters, digits or -_.: characters.`)
    }
    if (imported.has(kid)) refuse(`encryptionKeys has two keys with the kid ${kid}.`)
    imported.set(kid, await importKey(bytesOf(key, index)))
  }
  const [[kid, key]] = imported as Iterable<[string, webcrypto.CryptoKey]> as [[string, webcrypto.CryptoKey]]

  return {
    seal: (secret, about) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secret)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, typ: TYPE, ...about })
        .encrypt(key),
    async unseal(sealed) {
      try {
        const { kid, typ } = decodeProtectedHeader(sealed)
        const key = imported.get(kid ?? '')
        if (!key) return { ok: false, code: 'unknown_key' }
        const { plaintext } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        if (typ !== TYPE) return { ok: false, code: 'undecryptable' }
        return { ok: true, secret: JSON.parse(new TextDecoder().decode(plaintext)) }
      } catch {
        return { ok: false, code: 'undecryptable' }
      }
    },
  }
}

/** What stays readable of something sealed; `undefined` where it is not of this kind at all. */
export function readAbout(sealed: unknown): Record<string, unknown> | undefined {
  try {
    return decodeProtectedHeader(sealed as string) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function bytesOf(key: unknown, index: number): Uint8Array<ArrayBuffer> {
  const bytes =
    typeof key === 'string' && /^[\w+/-]+={0,2}$/.test(key)
      ? Buffer.from(key, 'base64url')
      : key instanceof Uint8Array
        ? key
        : undefined
  if (bytes?.length !== 32) {
    return refuse(`encryptionKeys[${index}].key must be 32 bytes, as a Uint8Array or in base64url.`)
  }
  return new Uint8Array(bytes)
}

function refuse(message: string): never {
  throw new OutboxError('invalid_options', message)
}
