import { createHash } from 'node:crypto'
import type { FailureCode } from './events.ts'
import { type JweHeader, readJweHeader } from './jwe.ts'
import type { Keyring } from './keyring.ts'
import { type EntryAbout, type EntrySecret, MAX_TOKEN_LENGTH, TOKEN_TYPES, type TokenAbout } from './tokens.ts'

/** The content of a job: only {@link EntryAbout} and its place are readable. */
export interface JobData {
  readonly jwe: string
  /** Missing in the backlog. */
  readonly lane?: 'interactive'
}

/** Identity of the outbox that logouts belong to. */
export interface EntryPlace {
  /** The schema of the outbox. */
  readonly queue: string
  /** The application and its provider; `undefined` in a process without them. */
  readonly provider: string | undefined
}

/** The result of opening a job. */
export type OpenedEntry =
  | { readonly ok: true; readonly about: EntryAbout; readonly secret: EntrySecret }
  /** `about` is readable, and may have been changed. */
  | { readonly ok: false; readonly code: FailureCode; readonly about: EntryAbout | undefined }

/**
 * Turns logouts into the content of jobs and back. Each is bound to its job, its outbox and its provider: these are
 * authenticated with the tokens, so that no one can move a token to another provider, or replace one logout with
 * another, by writing to the database.
 */
export class EntrySealer {
  readonly #keyring: Keyring
  readonly #queue: string
  readonly #provider: string | undefined

  constructor(keyring: Keyring, { queue, provider }: EntryPlace) {
    this.#keyring = keyring
    this.#queue = queue
    // Hashed, because nothing else about the application is readable in the database.
    this.#provider = provider && createHash('sha256').update(provider).digest('base64url').slice(0, 22)
  }

  /** Encrypts a logout; only those of its tokens that `about` names. */
  seal(id: string, about: EntryAbout, secret: EntrySecret): JobData {
    const kept = Object.fromEntries(about.tokens.map(({ tokenType }) => [tokenType, secret[tokenType]]))
    const tokens = about.tokens.map(({ tokenType, fingerprint, expiresAt }) => [tokenType, fingerprint, expiresAt])
    const place = { id, queue: this.#queue, ...(this.#provider && { provider: this.#provider }) }
    return { jwe: this.#keyring.seal(kept, { at: about.addedAt, tokens, ...place }) }
  }

  /** Decrypts the content of a job, from any writer. Never throws. */
  open(id: string, data: unknown): OpenedEntry {
    const unsealed = this.#keyring.unseal(jweOf(data))
    const about = readAbout(unsealed.about)
    if (!unsealed.ok) return { ok: false, code: unsealed.code, about }
    const secret = readSecret(unsealed.secret, about)
    if (!about || !secret) return { ok: false, code: 'undecryptable', about }
    const code = this.#misplacement(id, unsealed.about)
    return code ? { ok: false, code, about } : { ok: true, about, secret }
  }

  /** Earlier versions did not bind logouts, and a process without a client does not know the provider. */
  #misplacement(id: string, about: JweHeader): FailureCode | undefined {
    const { id: ownId = id, queue = this.#queue, provider = this.#provider } = about
    if (ownId !== id || queue !== this.#queue) return 'misplaced'
    return this.#provider !== undefined && provider !== this.#provider ? 'other_provider' : undefined
  }
}

/** Reads the readable part of a JWE, or of its beginning; `undefined` if it is not from an outbox. */
export function readEntry(jwe: unknown): EntryAbout | undefined {
  return readAbout(readJweHeader(jwe))
}

/** The JWE in the content of a job, which may be any JSON. */
export function jweOf(data: unknown): string | undefined {
  const jwe = (data as Partial<Record<'jwe', unknown>> | null | undefined)?.jwe
  return typeof jwe === 'string' ? jwe : undefined
}

function readAbout({ at, tokens }: JweHeader = {}): EntryAbout | undefined {
  if (!isTime(at) || !Array.isArray(tokens) || tokens.length > TOKEN_TYPES.length) return undefined
  const read = tokens.flatMap((token) => readToken(token) ?? [])
  const types = new Set(read.map(({ tokenType }) => tokenType))
  return types.size === tokens.length && types.size > 0 ? { addedAt: at, tokens: read } : undefined
}

function readToken(token: unknown): TokenAbout | undefined {
  if (!Array.isArray(token)) return undefined
  const [type, fingerprint, expiresAt] = token as unknown[]
  const tokenType = TOKEN_TYPES.find((known) => known === type)
  const isFingerprint = typeof fingerprint === 'string' && /^[\w:.-]{1,100}$/.test(fingerprint)
  return tokenType && isFingerprint && isTime(expiresAt) ? { tokenType, fingerprint, expiresAt } : undefined
}

/** A time that a `Date` can represent, from 1970 on. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15
}

function readSecret(secret: unknown, about: EntryAbout | undefined): EntrySecret | undefined {
  if (typeof secret !== 'object' || secret === null || !about) return undefined
  const tokens = secret as Readonly<Record<string, unknown>>
  const isToken = (token: unknown): boolean =>
    typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_LENGTH
  return about.tokens.every(({ tokenType }) => Object.hasOwn(tokens, tokenType) && isToken(tokens[tokenType]))
    ? (secret as EntrySecret)
    : undefined
}
