import type { Revocation } from '@backend-logout/node'

/** How each line of a report begins. */
export const OUTCOME_START = '{"line":'

/**
 * Writes the outcome of one token as a line of the report, without a line break.
 *
 * @param line The number of its line in the input.
 * @param token Its fingerprint.
 * @param revoked Whether it is as the run was asked to make it.
 */
export function formatOutcome(line: number, token: string, revoked: boolean, revocation: Revocation): string {
  const { state, attempts, durationMs, status, tokenType, requestId, error } = revocation
  return JSON.stringify({
    line,
    token,
    state,
    revoked,
    attempts,
    durationMs: Math.round(durationMs * 10) / 10,
    status,
    tokenTypeHint: tokenType,
    requestId,
    error: error && { code: error.code, message: error.message },
  })
}

/** Writes the line for an input line that should contain a token but doesn't. */
export function formatInvalid(line: number, message: string): string {
  return JSON.stringify({ line, state: 'live', revoked: false, error: { code: 'invalid_line', message } })
}
