import type { RevocationState } from './revocation.ts'

/**
 * The state of a token after its last attempt. A refusal does not report the outcome of an earlier request that had no
 * response, so a token whose revocation was possibly delivered is `unknown`, not `live`.
 */
export function tokenState(last: RevocationState, possiblyDelivered: boolean): RevocationState {
  return possiblyDelivered && last === 'live' ? 'unknown' : last
}
