/**
 * Receives logouts from the provider (OpenID Connect Back-Channel Logout) and ends what they name, on any runtime with Web
 * standards.
 *
 * @module
 */
export { isLogoutTokenError, LogoutTokenError, type LogoutTokenErrorCode } from './errors.ts'
export type { OnReceiverEvent, ReceiverEvent, ReceiverStep, RequestProblem } from './events.ts'
export type { LogoutNotice } from './notice.ts'
export type {
  DecryptionJwk,
  IssuerOptions,
  LogoutTokenAlgorithm,
  LogoutTokenVerifierOptions,
  SharedVerifierOptions,
} from './options.ts'
export { type Awaitable, createReplayMemory, type ReplayStore } from './replays.ts'
export { createLogoutTokenVerifier, type LogoutTokenVerifier } from './verifier.ts'
