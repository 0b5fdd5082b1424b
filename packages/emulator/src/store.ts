import type { Adapter, AdapterPayload } from 'oidc-provider'

/**
 * The maximum number of records; the oldest are removed first. Enough for 100 000 signed-in users with three records
 * each.
 */
const MAX_RECORDS = 500_000

/** The models whose records are removed together when their grant is revoked. */
const GRANT_MEMBERS: ReadonlySet<string> = new Set(['AccessToken', 'RefreshToken', 'AuthorizationCode'])

interface StoredRecord {
  readonly payload: AdapterPayload
  /** When the record ends, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * All data of one emulator: sessions, grants and tokens, in memory, each until it expires. It serves `oidc-provider`
 * through {@link MemoryStore.adapter}.
 */
export class MemoryStore {
  readonly #records = new Map<string, StoredRecord>()
  /** The keys of the tokens that were issued under a grant. */
  readonly #grants = new Map<string, string[]>()
  readonly #sessionIds = new Map<string, string>()
  readonly #maxRecords: number

  constructor(maxRecords: number = MAX_RECORDS) {
    this.#maxRecords = maxRecords
  }

  /** The number of records, whether expired or not. */
  get size(): number {
    return this.#records.size
  }

  /** The record of a model by its identifier, unless it is gone or expired. */
  get(model: string, id: string): AdapterPayload | undefined {
    const key = recordKey(model, id)
    const record = this.#records.get(key)
    if (record === undefined) return undefined
    if (record.expiresAt > Date.now()) return record.payload
    this.#delete(key)
    return undefined
  }

  /** Keeps a record for this many seconds; without a number, forever. */
  set(model: string, id: string, payload: AdapterPayload, expiresIn: number = Number.POSITIVE_INFINITY): void {
    const key = recordKey(model, id)
    const { grantId } = payload
    const isNew = !this.#records.has(key)
    this.#records.set(key, { payload, expiresAt: Date.now() + expiresIn * 1000 })
    if (model === 'Session' && payload.uid !== undefined) this.#sessionIds.set(payload.uid, id)
    if (isNew && grantId !== undefined && GRANT_MEMBERS.has(model)) {
      const members = this.#grants.get(grantId)
      if (members) members.push(key)
      else this.#grants.set(grantId, [key])
    }
    if (this.#records.size > this.#maxRecords) this.#makeRoom()
  }

  /** The login session with a `uid`, which stays the same when the session's identifier changes. */
  findSession(uid: string): AdapterPayload | undefined {
    const id = this.#sessionIds.get(uid)
    return id === undefined ? undefined : this.get('Session', id)
  }

  /** Deletes a record. */
  remove(model: string, id: string): void {
    this.#delete(recordKey(model, id))
  }

  /** Deletes every token that was issued under a grant, and the grant itself if requested. */
  revokeGrant(grantId: string, { withGrant = true }: { readonly withGrant?: boolean } = {}): void {
    for (const key of this.#grants.get(grantId) ?? []) this.#records.delete(key)
    this.#grants.delete(grantId)
    if (withGrant) this.remove('Grant', grantId)
  }

  /** Walks through the unexpired records of one model. */
  *records(model: string): Generator<AdapterPayload> {
    const prefix = recordKey(model, '')
    const now = Date.now()
    for (const [key, { payload, expiresAt }] of this.#records) {
      if (expiresAt > now && key.startsWith(prefix)) yield payload
    }
  }

  /** The view of the store that `oidc-provider` requires, one per model. */
  adapter(model: string): Adapter {
    return {
      find: async (id) => this.get(model, id),
      upsert: async (id, payload, expiresIn) => this.set(model, id, payload, expiresIn),
      destroy: async (id) => this.remove(model, id),
      consume: async (id) => {
        const payload = this.get(model, id)
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      findByUid: async (uid) => this.findSession(uid),
      // The device flow is off, so no record carries a user code.
      findByUserCode: async () => undefined,
      revokeByGrantId: async (grantId) => this.revokeGrant(grantId, { withGrant: false }),
    }
  }

  #delete(key: string): void {
    const record = this.#records.get(key)
    if (record === undefined) return
    this.#records.delete(key)
    const { uid, jti, grantId } = record.payload
    if (uid !== undefined && this.#sessionIds.get(uid) === jti) this.#sessionIds.delete(uid)
    if (grantId === undefined) return
    const others = this.#grants.get(grantId)?.filter((member) => member !== key)
    if (others === undefined) return
    if (others.length > 0) this.#grants.set(grantId, others)
    else this.#grants.delete(grantId)
  }

  #makeRoom(): void {
    const now = Date.now()
    for (const [key, { expiresAt }] of this.#records) if (expiresAt <= now) this.#delete(key)
    // A tenth at a time, so that the search for expired records does not run on every insertion.
    let surplus = this.#records.size - Math.floor(this.#maxRecords * 0.9)
    for (const key of this.#records.keys()) {
      if (surplus-- <= 0) break
      this.#delete(key)
    }
  }
}

function recordKey(model: string, id: string): string {
  return `${model}:${id}`
}
