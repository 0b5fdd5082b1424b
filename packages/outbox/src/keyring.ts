import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
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
  seal(secret: unknown, about: Readonly<Record<string, unknown>>): string
  /** Decrypts with the key it was encrypted with. Never throws. */
  unseal(sealed: string): Unsealed
}

/** What became of an attempt to decrypt. */
export type Unsealed =
  | { readonly ok: true; readonly secret: unknown; readonly about: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: Extract<FailureCode, 'unknown_key' | 'undecryptable'> }

const TYPE = 'backend-logout+jwe'
const UNDECRYPTABLE: Unsealed = { ok: false, code: 'undecryptable' }
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Makes a keyring: JSON Web Encryption in its compact form, with direct AES-256-GCM. Without keys it has one that nobody
 * else knows.
 *
 * The cipher is that of `node:crypto`, which works at once; through Web Crypto, as in `jose`, each token takes a trip to
 * another thread that costs several times as much as all the rest. The tests have `jose` read and write the same.
 *
 * @throws OutboxError `invalid_options`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516#section-5 | RFC 7516 §5}
 */
export function createKeyring(keys: readonly EncryptionKey[] | undefined): Keyring {
  const given = keys?.length ? keys : [{ kid: 'memory', key: randomFillSync(new Uint8Array(32)) }]
  const known = new Map<string, KeyObject>()
  for (const [index, entry] of given.entries()) {
    const { kid, key } = entry ?? {}
    if (typeof kid !== 'string' || !/^[\w.:-]{1,100}$/.test(kid)) {
      refuse(`encryptionKeys[${index}].kid must be 1 to 100 letters, digits or -_.: characters.`)
    }
    if (known.has(kid)) refuse(`encryptionKeys has two keys with the kid ${kid}.`)
    known.set(kid, createSecretKey(bytesOf(key, index)))
  }
  const [[kid, key]] = known as Iterable<[string, KeyObject]> as [[string, KeyObject]]

  return {
    seal(secret, about) {
      const header = encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, typ: TYPE, ...about }))
      const iv = randomFillSync(Buffer.alloc(IV_BYTES))
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(header))
      const sealed = Buffer.concat([cipher.update(JSON.stringify(secret), 'utf8'), cipher.final()])
      return `${header}..${encode(iv)}.${encode(sealed)}.${encode(cipher.getAuthTag())}`
    },

    unseal(sealed) {
      const about = readAbout(sealed)
      const [header = '', encryptedKey, iv = '', text = '', tag = '', rest] = about ? sealed.split('.', 6) : []
      const { alg, enc, typ, kid } = about ?? {}
      const isOurs = alg === 'dir' && enc === 'A256GCM' && typ === TYPE && encryptedKey === '' && rest === undefined
      if (!about || !isOurs) return UNDECRYPTABLE
      const key = known.get(kid as string)
      if (!key) return { ok: false, code: 'unknown_key' }
      try {
        const cipher = createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: TAG_BYTES })
        cipher.setAAD(Buffer.from(header))
        cipher.setAuthTag(decode(tag))
        const secret: unknown = JSON.parse(`${cipher.update(decode(text), undefined, 'utf8')}${cipher.final('utf8')}`)
        return { ok: true, secret, about }
      } catch {
        return UNDECRYPTABLE
      }
    },
  }
}

/** What stays readable of something sealed; `undefined` where it is not of this kind at all. */
export function readAbout(sealed: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof sealed !== 'string') return undefined
  try {
    const header: unknown = JSON.parse(decode(sealed.slice(0, sealed.indexOf('.'))).toString())
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined
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

function bytesOf(key: unknown, index: number): Uint8Array {
  const bytes =
    typeof key === 'string' && /^[\w+/-]+={0,2}$/.test(key)
      ? Buffer.from(key, 'base64url')
      : key instanceof Uint8Array
        ? key
        : undefined
  if (bytes?.length !== 32) {
    return refuse(`encryptionKeys[${index}].key must be 32 bytes, as a Uint8Array or in base64url.`)
  }
  return bytes
}

function refuse(message: string): never {
  throw new OutboxError('invalid_options', message)
}
