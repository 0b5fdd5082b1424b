/**
 * Receives logouts from the provider (OpenID Connect Back-Channel Logout) and ends the named sessions, on any runtime
 * with Web standards.
 *
 * @module
 */
export {
  type BackChannelHandler,
  type BackChannelHandlerOptions,
  createBackChannelHandler,
} from './back-channel-handler.ts'
export type { LogoutSummary } from './carry-out.ts'
export { isLogoutTokenError, LogoutTokenError, type LogoutTokenErrorCode } from './errors.ts'
export type { OnReceiverEvent, ReceiverEvent, ReceiverStep, RequestProblem } from './events.ts'
export { type ExpressSessionStore, expressSessions } from './express-sessions.ts'
export {
  createGlobalRevocationHandler,
  type GlobalRevocationHandler,
  type GlobalRevocationHandlerOptions,
  type RevocationIssuerOptions,
  type RevocationSubject,
} from './global-revocation-handler.ts'
export { IncompleteLogoutError } from './incomplete-logout-error.ts'
export { type LogoutSubject, logoutEverywhere } from './log-out-everywhere.ts'
export type { LogoutEntry, LogoutTargets, RevocableTokens } from './logout-targets.ts'
export { createMemorySessionIndex } from './memory-session-index.ts'
export type { LogoutNotice } from './notice.ts'
export type {
  DecryptionJwk,
  IssuerOptions,
  LogoutTokenAlgorithm,
  LogoutTokenVerifierOptions,
  SharedVerifierOptions,
} from './options.ts'
export {
  createPostgresSessionIndex,
  type PostgresPool,
  type PostgresSessionIndexOptions,
} from './postgres-session-index.ts'
export { type Awaitable, createReplayMemory, type ReplayStore } from './replays.ts'
export type {
  LoginClaims,
  RecordedSessions,
  RecordOptions,
  SessionAccess,
  SessionIndex,
  StoredTokens,
} from './session-index.ts'
export { type SessionIndexSchemaOptions, sessionIndexSchemaSql } from './session-index-schema.ts'
export { createLogoutTokenVerifier, type LogoutTokenVerifier } from './verifier.ts'
