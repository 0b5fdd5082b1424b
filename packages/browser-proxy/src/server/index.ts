/**
 * The backend's side: answers logout requests of the application's own pages, on any runtime with Web standards.
 *
 * @module
 */
export type { LogoutAnswer, LogoutRequest, LogoutStatus, Problem, ProblemCode } from './contract.ts'
export { type CookieSessionOptions, cookieSession } from './cookie-session.ts'
export type { LogoutProxyEvent, LogoutStep, OnLogoutProxyEvent } from './events.ts'
export type { LogoutFormOptions } from './form-door.ts'
export type { ExtraParameters, GivenExtraParameters } from './front-channel.ts'
export { createLogoutHandler, type LogoutHandler } from './logout-handler.ts'
export type { LogoutHandlerOptions, LogoutOutbox, PendingTokens, SiteData } from './options.ts'
export { type RefreshSessionOptions, refreshSession } from './refresh-session.ts'
export type { Awaitable, LogoutSession, StoredTokens } from './session.ts'
