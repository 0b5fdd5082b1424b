import type { Revocation } from '@backend-logout/node'
import type { BadRow, TokenRow } from '../input/row.ts'

/** The beginning of each line of an output. */
export const OUTCOME_START = '{"line":'

/**
 * Writes the outcome of one token as a line of the output, without a line break.
 *
 * @param token Its fingerprint.
 * @param revoked Whether the token is in the requested state.
 */
export function formatOutcome(
  { line, client, kept }: Omit<TokenRow, 'token'>,
  token: string,
  revoked: boolean,
  revocation: Revocation,
  at: Date,
): string {
  const { state, attempts, durationMs, status, tokenType, requestId, error } = revocation
  return JSON.stringify({
    line,
    token,
    state,
    revoked,
    at: at.toISOString(),
    client,
    kept,
    attempts,
    durationMs: Math.round(durationMs * 10) / 10,
    status,
    tokenTypeHint: tokenType,
    requestId,
    error: error && { code: error.code, message: error.message },
  })
}

/** Writes the line for a row that should contain a token but doesn't. */
export function formatInvalid({ line, kept, problem }: BadRow, at: Date): string {
  const error = { code: 'invalid_line', message: problem }
  return JSON.stringify({ line, state: 'live', revoked: false, at: at.toISOString(), kept, error })
}
