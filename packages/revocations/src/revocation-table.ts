import { type EntryMembers, isName, isTime, MAX_ISSUER, MAX_TIME, type RevocationEntry } from './entry.ts'
import { Marks } from './marks.ts'

/**
 * The claims of a token that determine whether it is revoked. Pass the whole payload, after you have verified
 * signature, issuer, audience and times; everything else in it is ignored.
 */
export interface TokenClaims {
  /** Issuer. */
  readonly iss?: unknown
  /** Id of the token. */
  readonly jti?: unknown
  /** Session at the issuer. */
  readonly sid?: unknown
  /** Subject. */
  readonly sub?: unknown
  /** When it was issued, in seconds since 1970. */
  readonly iat?: unknown
}

/** The claims that an entry can name, in the order in which they are checked. Every entry names an issuer. */
const KINDS = ['jti', 'sid', 'sub', 'iss'] as const

/** The revocations of one issuer, by kind and name. */
type IssuerMarks = { [Kind in (typeof KINDS)[number]]?: Marks }

/**
 * The time for which an entry is kept beyond its end, in seconds: verifiers accept tokens slightly beyond their expiry.
 */
const LEEWAY_S = 600

/** All known revocations, merged by maximum, so that order and repetition do not matter. */
export class RevocationTable {
  readonly #issuers = new Map<string, IssuerMarks>()
  readonly #aliases: ReadonlyMap<string, string>
  #size = 0
  #walk: Iterator<void> | undefined
  #now = 0

  /** @param aliases Other names of issuers: from the name in a token or an entry to the canonical one. */
  constructor(aliases: ReadonlyMap<string, string> = new Map()) {
    this.#aliases = aliases
  }

  /** Number of tokens, sessions, subjects and issuers that are named. */
  get size(): number {
    return this.#size
  }

  /** Adds an entry, which must be a valid one. */
  add(entry: RevocationEntry): void {
    const members: EntryMembers = entry
    const iss = this.#nameOf(members.iss)
    // All entries have an issuer.
    const kind = KINDS.find((kind) => members[kind] !== undefined) as (typeof KINDS)[number]
    const marks = this.#issuers.get(iss) ?? {}
    this.#issuers.set(iss, marks)
    marks[kind] ??= new Marks()
    // One token is revoked whenever it was issued.
    const isNew = marks[kind].raise(
      kind === 'iss' ? iss : (members[kind] as string),
      members.at ?? MAX_TIME,
      members.until,
    )
    if (isNew) this.#size++
  }

  /**
   * True if a token is known to be revoked. A token with invalid claims, or that no entry could name, counts as
   * revoked, because it could not be refused after a logout.
   */
  isRevoked(claims: TokenClaims): boolean {
    if (typeof claims !== 'object' || !claims) return true
    const { iat = 0, jti, sid, sub } = claims
    const iss = this.#nameOf(claims.iss as string)
    const marks = this.#issuers.get(iss)
    // A known issuer has a valid name.
    if (!(marks || isName(iss, MAX_ISSUER)) || !isTime(iat) || (jti ?? sid ?? sub) === undefined) return true
    return (
      isMarked(jti, marks?.jti, iat) ||
      isMarked(sid, marks?.sid, iat) ||
      isMarked(sub, marks?.sub, iat) ||
      marks?.iss?.covers(iss, iat) === true
    )
  }

  /**
   * Checks some entries and drops those that have ended, continuing from the last call, so that a large list is never
   * scanned in one pass.
   *
   * @param now In seconds since 1970.
   * @param count The number of entries to check.
   */
  sweep(now: number, count: number): void {
    this.#now = now - LEEWAY_S
    this.#walk ??= this.#dropEnded()
    for (let looked = 0; looked < count; looked++) {
      if (!this.#walk.next().done) continue
      this.#walk = undefined
      return
    }
  }

  *#dropEnded(): Generator<void> {
    for (const [iss, kinds] of this.#issuers) {
      for (const kind of KINDS) {
        for (const isOver of kinds[kind]?.dropEnded((until) => until < this.#now) ?? []) {
          if (isOver) this.#size--
          yield
        }
        if (kinds[kind]?.size === 0) delete kinds[kind]
      }
      if (KINDS.every((kind) => !kinds[kind])) this.#issuers.delete(iss)
      yield
    }
  }

  #nameOf(iss: string): string {
    return (this.#aliases.size && this.#aliases.get(iss)) || iss
  }
}

/** True if a name of a token is marked, or is invalid. */
function isMarked(name: unknown, marks: Marks | undefined, issuedAt: number): boolean {
  return name !== undefined && (!isName(name) || marks?.covers(name, issuedAt) === true)
}
