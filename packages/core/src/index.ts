/**
 * Revokes tokens at GenAuth or any RFC 7009 provider, on Web standards alone.
 *
 * @module
 */

export { bodyText } from './body-text.ts'
export type { BulkPacer, PacedAttempt } from './bulk-pacer.ts'
export type { CallLimits, CallOptions } from './call-options.ts'
export { createLogoutClient, type LogoutClient } from './client.ts'
export type {
  AuthenticatedEndpoint,
  ClientAuth,
  ClientAuthContext,
  ClientAuthMethod,
  ClientCredential,
} from './client-auth.ts'
export type { Clock } from './clock.ts'
export { ERROR_MEANING, type ErrorConcern, type ErrorMeaning, type LogoutErrorCode } from './codes.ts'
export { copyOptions } from './copy-options.ts'
export { checkBaseUrl, checkUrl } from './endpoint-url.ts'
export {
  type EnvironmentSource,
  environmentValue,
  optionsFromEnvironment,
  type PartialClientOptions,
  tlsFromEnvironment,
} from './environment.ts'
export { ENVIRONMENT_VARIABLES, type EnvironmentVariable } from './environment-variables.ts'
export { isLogoutError, LogoutError, type LogoutErrorDetails } from './errors.ts'
export { emit, type LogoutEvent, type LogoutEventBase, type OnEvent } from './events.ts'
export { fetchTransport } from './fetch-transport.ts'
export { fingerprintToken } from './fingerprint.ts'
export { isLoopback } from './internal-host.ts'
export type { Introspection, IntrospectOptions } from './introspect.ts'
export { invalidOption } from './invalid-option.ts'
export { lazyLogoutClient } from './lazy-client.ts'
export type { LogoutOptions, LogoutResult } from './logout.ts'
export type { LogoutForm, LogoutUrlOptions } from './logout-url.ts'
export { checkMetadataUrl, type MetadataUrlPolicy } from './metadata-url.ts'
export type {
  ClientOptions,
  EndpointsLocation,
  GenAuthLocation,
  IssuerLocation,
  LogoutClientOptions,
  ProviderLocation,
} from './options.ts'
export { preload } from './preload.ts'
export type { ProviderMetadata } from './provider.ts'
export { refuseUnknownOption } from './refuse-unknown-option.ts'
export { type BodyLimits, type BodyProblem, readBody } from './request-body.ts'
export type { Revocation, RevocationState, TokenTypeHint } from './revocation.ts'
export {
  type RevocationEntries,
  revocationEntryOf,
  type TokenRevocationEntry,
} from './revocation-entry.ts'
export type { RevokeOptions } from './revoke.ts'
export type { RevokeManyOptions } from './revoke-many.ts'
export { readSessionTokens, type SessionTokens } from './session-tokens.ts'
export { SharedWork } from './shared-work.ts'
export { isThrottled } from './throttled.ts'
export { TimedOut, within } from './time-limit.ts'
export { looksLikeIdToken } from './token.ts'
export type { BulkToken, TokenSource } from './token-source.ts'
export { type Transport, type TransportRequest, TransportResponse, type TransportResponseParts } from './transport.ts'
export { findUnknownOption, type UnknownOption } from './unknown-option.ts'
export { unverifiedClaims } from './unverified-claims.ts'
