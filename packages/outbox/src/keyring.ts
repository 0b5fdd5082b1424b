import { createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import { refuse } from './errors.ts'
import { decryptJwe, encryptJwe, type JweHeader, readJweHeader } from './jwe.ts'

/** A key that tokens are encrypted with: AES-256. */
export interface EncryptionKey {
  /** The name of the key; stored with the data that it encrypts. 1 to 100 letters, digits or `-_.:`. */
  readonly kid: string
  /** 32 random bytes, as bytes or in base64url (or base64). */
  readonly key: Uint8Array | string
}

/** Encrypts and decrypts with a set of keys. */
export interface Keyring {
  /** Encrypts with the first key. `about` stays readable, and {@link Keyring.unseal} detects a change of it. */
  seal(secret: unknown, about: JweHeader): string
  /** Decrypts with the key that was used for encryption. Never throws. */
  unseal(sealed: unknown): Unsealed
}

/** The result of decrypting. */
export type Unsealed =
  | { readonly ok: true; readonly secret: unknown; readonly about: JweHeader }
  /** `about` is readable, and may have been changed. */
  | { readonly ok: false; readonly code: 'unknown_key' | 'undecryptable'; readonly about: JweHeader | undefined }

const TYPE = 'backend-logout+jwe'

/**
 * Creates a keyring. Without keys, it has a random one that exists nowhere else.
 *
 * @throws OutboxError `invalid_options`
 */
export function createKeyring(keys: readonly EncryptionKey[] | undefined): Keyring {
  const given = keys?.length ? keys : [{ kid: 'memory', key: randomFillSync(new Uint8Array(32)) }]
  const known = new Map<string, KeyObject>()
  for (const [index, entry] of given.entries()) {
    const { kid, key } = entry ?? {}
    if (typeof kid !== 'string' || !/^[\w.:-]{1,100}$/.test(kid)) {
      refuse('invalid_options', `encryptionKeys[${index}].kid must be 1 to 100 letters, digits or -_.: characters.`)
    }
    if (known.has(kid)) refuse('invalid_options', `encryptionKeys has two keys with the kid ${kid}.`)
    known.set(kid, createSecretKey(bytesOf(key, index)))
  }
  const [[kid, key]] = known as Iterable<[string, KeyObject]> as [[string, KeyObject]]

  return {
    seal: (secret, about) => encryptJwe(key, { kid, typ: TYPE, ...about }, JSON.stringify(secret)),

    unseal(sealed) {
      const about = readJweHeader(sealed)
      if (typeof sealed !== 'string' || about?.typ !== TYPE) return { ok: false, code: 'undecryptable', about }
      const key = known.get(about.kid as string)
      if (!key) return { ok: false, code: 'unknown_key', about }
      const text = decryptJwe(key, sealed)
      return text === undefined
        ? { ok: false, code: 'undecryptable', about }
        : { ok: true, secret: parseJson(text), about }
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bytesOf(key: unknown, index: number): Uint8Array {
  const bytes =
    typeof key === 'string' && /^[\w+/-]+={0,2}$/.test(key)
      ? Buffer.from(key, 'base64url')
      : key instanceof Uint8Array
        ? key
        : undefined
  if (bytes?.length !== 32) {
    return refuse('invalid_options', `encryptionKeys[${index}].key must be 32 bytes, as a Uint8Array or in base64url.`)
  }
  return bytes
}
