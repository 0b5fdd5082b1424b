import type { TransportResponse } from '../transport.ts'
import { judgeRevocation } from '../verdict.ts'

/** The time at which tests judge responses, in milliseconds since the epoch. */
export const NOW = Date.UTC(2026, 0, 1)

/** The error code that a response to a revocation leads to, or `ok`. */
export function codeOf(given: TransportResponse): string {
  const verdict = judgeRevocation(given, NOW)
  return verdict.ok ? 'ok' : verdict.code
}
