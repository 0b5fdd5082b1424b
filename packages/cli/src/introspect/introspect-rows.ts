import { type Introspection, isLogoutError, type LogoutClient } from '@backend-logout/node'
import type { Fingerprint } from '../fingerprint.ts'
import type { TokenRow } from '../input/row.ts'

/** The provider's response for the token of one row; `undefined` without one. */
export interface Asked {
  readonly row: TokenRow
  readonly answer: Introspection | undefined
  /** The reason why there is no response. */
  readonly why: { readonly code: string; readonly message: string } | undefined
}

/**
 * Introspects the tokens of rows, a number of them at a time, until the signal aborts.
 *
 * @throws LogoutError when no token could be introspected
 */
export async function introspectRows(
  rows: AsyncIterator<TokenRow, undefined>,
  client: LogoutClient,
  options: {
    readonly concurrency: number
    readonly tokenTypeHint?: string | undefined
    readonly strict?: boolean | undefined
    readonly signal: AbortSignal
  },
  onAsked: (asked: Asked) => Promise<void> | undefined,
): Promise<void> {
  const { concurrency, tokenTypeHint, strict, signal } = options
  const work = async (): Promise<void> => {
    for (let next = await rows.next(); !next.done && !signal.aborted; next = await rows.next()) {
      const { token, hint = tokenTypeHint } = next.value
      try {
        const answer = await client.introspectToken(token, { tokenTypeHint: hint, strict })
        await onAsked({ row: next.value, answer, why: undefined })
      } catch (error) {
        // A failure that concerns the application would repeat for every token.
        if (!isLogoutError(error) || (error.concerns === 'application' && !error.retryable)) throw error
        await onAsked({ row: next.value, answer: undefined, why: { code: error.code, message: error.message } })
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}

/**
 * Writes a response as a line of the output. It contains only the state of the token, because the rest of the response
 * is about users.
 */
export function formatAsked({ row, answer, why }: Asked, at: Date, fingerprint: Fingerprint): string {
  const { line, token, client, kept } = row
  const active = answer?.active ?? null
  return JSON.stringify({ line, token: fingerprint(token), active, at: at.toISOString(), client, kept, error: why })
}
