import { revocationEntryOf, type TokenRevocationEntry } from '@backend-logout/core'
import { outlastOutage } from '@backend-logout/private-store'
import { storeError } from './errors.ts'
import type { ReadTokens } from './tokens.ts'
import type { OutboxTransaction } from './transaction.ts'

/** A revocation list that services follow, such as the log of `@backend-logout/revocations`. */
export interface OutboxRevocations {
  /** Resolves when the entries are durable, or once the transaction commits. */
  append(
    entries: readonly TokenRevocationEntry[],
    options?: { readonly transaction?: OutboxTransaction | undefined },
  ): Promise<unknown>
}

/**
 * Puts the access tokens of logouts on the list. Tokens that no entry can name, such as opaque ones, are left out.
 *
 * @param giveUpAt End of retries while the list's database is down, on the clock of `performance.now()`.
 * @throws OutboxError `store_unavailable`
 */
export async function listTokens(
  revocations: OutboxRevocations,
  logouts: readonly ReadTokens[],
  transaction: OutboxTransaction | undefined,
  giveUpAt: number,
): Promise<void> {
  const entries = logouts
    .map(({ secret }) => secret.access_token && revocationEntryOf(secret.access_token))
    .filter((entry) => typeof entry === 'object')
  if (entries.length === 0) return
  try {
    // After an error, a transaction of the application accepts nothing else.
    if (transaction) await revocations.append(entries, { transaction })
    else await outlastOutage(giveUpAt, () => revocations.append(entries))
  } catch (error) {
    throw storeError('Appending to the revocation list', error)
  }
}
