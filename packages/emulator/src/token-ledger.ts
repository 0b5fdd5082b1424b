import { fingerprintToken, type IssuedToken, type TokenKind } from './issued-token.ts'
import type { MemoryStore } from './store.ts'

interface LedgerEntry {
  readonly kind: TokenKind
  readonly id: string
  readonly sub: string
}

/** Number of tokens listed. */
const MAX_ENTRIES = 10_000

const MODELS = { access_token: 'AccessToken', refresh_token: 'RefreshToken' } as const

/** Knows which tokens were issued and, from the store itself, which of them still work. */
export class TokenLedger {
  readonly #store: MemoryStore
  readonly #entries = new Map<string, LedgerEntry>()

  constructor(store: MemoryStore) {
    this.#store = store
  }

  /** Records a token when it is issued. */
  add(token: string, entry: LedgerEntry): void {
    this.#entries.set(fingerprintToken(token), entry)
    const oldest = this.#entries.keys().next().value
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest)
  }

  /** Lists the tokens, oldest first, inactive ones included. */
  list(): IssuedToken[] {
    return Array.from(this.#entries, ([name, { kind, id, sub }]) => ({
      fingerprint: name,
      kind,
      sub,
      active: this.#isActiveAs(kind, id),
    }))
  }

  /** True while the provider would accept the token of a record. */
  isActive(id: string): boolean {
    return this.#isActiveAs('access_token', id) || this.#isActiveAs('refresh_token', id)
  }

  /** The number of tokens that the provider would accept. */
  countActive(): number {
    let count = 0
    for (const kind of ['access_token', 'refresh_token'] as const) {
      for (const { jti } of this.#store.records(MODELS[kind])) {
        if (jti !== undefined && this.#isActiveAs(kind, jti)) count += 1
      }
    }
    return count
  }

  #isActiveAs(kind: TokenKind, id: string): boolean {
    const record = this.#store.get(MODELS[kind], id)
    if (record === undefined || record.consumed) return false
    const { grantId, expiresWithSession, sessionUid } = record
    if (grantId !== undefined && this.#store.get('Grant', grantId) === undefined) return false
    if (!expiresWithSession || sessionUid === undefined) return true
    const session = this.#store.findSession(sessionUid)
    return session?.accountId === record.accountId
  }
}
