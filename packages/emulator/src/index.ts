/**
 * A local GenAuth-compatible OpenID provider that signs users in, revokes their tokens and rehearses failures.
 *
 * @module
 */
export type { User } from './accounts.ts'
export type { Application, ApplicationName, Applications, AuthMethod } from './applications.ts'
export type { BackchannelLogoutOptions, LogoutDelivery } from './backchannel-options.ts'
export type { Emulator } from './emulator.ts'
export type { CustomPaths, EndpointName, MovableEndpoint } from './endpoints.ts'
export type { EnvelopeError, Fault, NextFault } from './faults.ts'
export type { IssuedToken, IssueTokensOptions, TokenKind } from './issued-token.ts'
export type { LogoutSender } from './logout-sender.ts'
export type { ManagementAccess } from './management-signature.ts'
export type { AccessTokenFormat, EmulatorOptions, EmulatorTls } from './options.ts'
export type { RequestRecord } from './request-log.ts'
export type { SignedInTokens } from './sign-in.ts'
export { startEmulator } from './start-emulator.ts'
export type { WebhookEvent, WebhookOptions } from './webhooks.ts'
