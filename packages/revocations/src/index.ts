/**
 * For services that check tokens locally: a current list of revoked tokens in memory, on Web standards alone.
 *
 * @module
 */
export type { RevocationEntry } from './entry.ts'
export {
  isRevocationError,
  RevocationError,
  type RevocationErrorCode,
  type RevocationErrorDetails,
} from './errors.ts'
export type { OnRevocationListEvent, RevocationListEvent } from './events.ts'
export { type RevocationFeedOptions, revocationFeed } from './feed.ts'
export { followRevocations } from './follow.ts'
export { isInvalidToken } from './invalid-token.ts'
export type { RevocationList, RevocationListHealth, RevocationVerdict } from './list.ts'
export type { FollowOptions } from './options.ts'
export type { TokenClaims } from './revocation-table.ts'
export type { ReadRequest, RevocationPage, RevocationSource } from './source.ts'
