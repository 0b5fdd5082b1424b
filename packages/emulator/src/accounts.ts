/** A user of the emulator: the subject and any further claims, such as `name` or `email`. */
export interface User {
  /** The id of the user. */
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Number of users whose claims are kept; the others have default claims. */
const MAX_USERS = 10_000

/** The users who signed in. Anyone can sign in; there are no passwords. */
export class Accounts {
  readonly #users = new Map<string, User>()

  /** Remembers a user's claims. */
  add(user: User): void {
    this.#users.delete(user.sub)
    this.#users.set(user.sub, user)
    const oldest = this.#users.keys().next().value
    if (this.#users.size > MAX_USERS && oldest !== undefined) this.#users.delete(oldest)
  }

  /** A user's claims. */
  find(sub: string): User {
    return this.#users.get(sub) ?? defaultUser(sub)
  }
}

function defaultUser(sub: string): User {
  return { sub, name: sub, nickname: sub, preferred_username: sub, email: `${encodeURIComponent(sub)}@example.com` }
}
