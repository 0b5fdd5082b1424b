import {
  invalidOption,
  type LogoutClient,
  type Revocation,
  type RevocationEntries,
  refuseUnknownOption,
} from '@backend-logout/core'
import type { OnLogoutProxyEvent } from './events.ts'
import { checkForm, copyForm, type LogoutFormOptions } from './form-door.ts'
import { checkExtraParameters, type GivenExtraParameters } from './front-channel.ts'
import type { GuardSettings } from './guards.ts'
import { type ReturnAddresses, resolveReturnAddresses } from './return-address.ts'
import type { Awaitable, LogoutSession } from './session.ts'

/** Tokens that are still to be revoked. */
export interface PendingTokens {
  /** The access token, if it has to be revoked. */
  readonly accessToken?: string
  /** The refresh token, if it has to be revoked. */
  readonly refreshToken?: string
  /** When the tokens expire, as a date or in milliseconds since 1970. */
  readonly expiresAt?: number | Date
  /** The reports of the first attempt, refresh token first. Empty without any. */
  readonly revocations: readonly Revocation[]
}

/** Accepts tokens that could not be revoked immediately, such as `@backend-logout/outbox`. */
export interface LogoutOutbox {
  /** Resolves when the tokens are stored so that they survive a crash. */
  add(tokens: PendingTokens): Promise<unknown>
}

/** Data that the browser deletes with the session, by its name in `Clear-Site-Data`. */
export type SiteData = 'cache' | 'cookies' | 'storage' | 'executionContexts' | 'clientHints' | '*'

/** Options of {@link createLogoutHandler}. */
export interface LogoutHandlerOptions {
  /** The client that revokes: from `@backend-logout/node`, `@backend-logout/deno` or `@backend-logout/core`. */
  readonly client: Pick<LogoutClient, 'logout'> & Partial<Pick<LogoutClient, 'appId'>>
  /** The application's session, which has the tokens. Without it, the page passes its token in the body. */
  readonly session?: LogoutSession | undefined
  /** Takes over tokens that cannot be revoked within `revokeTimeoutMs`; without it, they stay active until they expire. */
  readonly outbox?: LogoutOutbox | undefined
  /**
   * The revocation list that your services follow, such as the log of `@backend-logout/revocations`. The session's
   * access tokens are appended before the provider is called, so that your services refuse them even if the provider is
   * down or cannot revoke access tokens. Requires `session`: a token in the body of a request does not prove its owner.
   */
  readonly revocations?: RevocationEntries | undefined
  /**
   * The origins of the application's own pages, such as `https://app.example.com`. Name them if the application is
   * behind a reverse proxy: then no header has to be trusted.
   * @default the origin of the request's URL
   */
  readonly allowedOrigins?: readonly (string | URL)[] | undefined
  /**
   * `x-forwarded` takes the application's own address from `X-Forwarded-Proto` and `X-Forwarded-Host`, as the nearest
   * proxy wrote them. Only set it if a proxy always sets both headers.
   * @default these headers are ignored
   */
  readonly trustedProxyHeader?: 'x-forwarded' | undefined
  /**
   * Addresses to which the provider may send users afterward: absolute URLs, or paths of the application's own, to be
   * matched whole. They must also be registered at the provider.
   * @default nowhere: `return_to` is refused, and the client's `logoutRedirectUri` counts
   */
  readonly returnTo?: readonly (string | URL)[] | undefined
  /**
   * Further parameters of the logout URL, such as Amazon Cognito's `logout_uri`, `logout_hint`, or Auth0's bare
   * `federated: true`; or a function that creates them for a request, such as `ui_locales` from its `Accept-Language`.
   * At most 20. Never pass on unchecked data of the request.
   * @default none
   */
  readonly extraParameters?: GivenExtraParameters | undefined
  /**
   * Accepts pages without scripts: a plain HTML form that is posted to the same endpoint.
   * @default none: forms are refused
   */
  readonly form?: LogoutFormOptions | undefined
  /**
   * Further data for the browser to delete. `cookies` covers the whole registrable domain, subdomains
   * included.
   * @default nothing
   * @see {@link https://www.w3.org/TR/clear-site-data/ | Clear Site Data}
   */
  readonly clearSiteData?: readonly SiteData[] | undefined
  /**
   * The application's own rate limit: how many milliseconds the caller has to wait, or nothing. It is called after the
   * guards, so that other sites cannot use up a user's share. If it fails, the logout continues.
   */
  readonly throttle?: ((request: Request) => Awaitable<number | null | undefined>) | undefined
  /**
   * Time limit for revoking all tokens at the provider, in milliseconds. The local session ends after it.
   * @default 5_000
   */
  readonly revokeTimeoutMs?: number | undefined
  /**
   * Time limit for each call of the application's functions and of the outbox, in milliseconds.
   * @default 5_000
   */
  readonly storeTimeoutMs?: number | undefined
  /**
   * Gets the promise of each logout, for platforms that drop a request when its client disconnects: `waitUntil` of
   * `cloudflare:workers`, `after` of `next/server`.
   */
  readonly waitUntil?: ((logout: Promise<unknown>) => void) | undefined
  /** Receives events, for logs, metrics and alerts. */
  readonly onEvent?: OnLogoutProxyEvent | undefined
}

/** Checked options. */
export interface HandlerSettings extends GuardSettings {
  readonly client: Pick<LogoutClient, 'logout'> & Partial<Pick<LogoutClient, 'appId'>>
  readonly session: LogoutSession | undefined
  readonly outbox: LogoutOutbox | undefined
  readonly revocations: RevocationEntries | undefined
  readonly returnTo: ReturnAddresses
  readonly extraParameters: GivenExtraParameters | undefined
  readonly form: LogoutFormOptions | undefined
  /** The header's value; empty if it is not sent. */
  readonly clearSiteData: string
  readonly throttle: LogoutHandlerOptions['throttle']
  readonly revokeTimeoutMs: number
  readonly storeTimeoutMs: number
  readonly waitUntil: LogoutHandlerOptions['waitUntil']
  readonly onEvent: OnLogoutProxyEvent | undefined
}

const SITE_DATA: ReadonlySet<unknown> = new Set<SiteData>([
  'cache',
  'cookies',
  'storage',
  'executionContexts',
  'clientHints',
  '*',
])

/**
 * Checks options and completes them.
 *
 * @throws LogoutError `invalid_options`, with a message that names the option
 */
export function resolveOptions(options: LogoutHandlerOptions): HandlerSettings {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  const hints = { store: 'use session', csrf: 'use form', origins: 'use allowedOrigins' }
  refuseUnknownOption(options, HANDLER, hints)
  const {
    client,
    session,
    outbox,
    revocations,
    allowedOrigins,
    trustedProxyHeader,
    returnTo = [],
    clearSiteData = [],
    extraParameters,
    form,
  } = options
  const { revokeTimeoutMs = 5_000, storeTimeoutMs = 5_000, throttle, waitUntil, onEvent } = options
  if (typeof client?.logout !== 'function') invalidOption('client', 'must be a logout client.')
  const functions = {
    throttle,
    waitUntil,
    onEvent,
    'outbox.add': outbox && (outbox.add ?? null),
    'revocations.append': revocations && (revocations.append ?? null),
    'session.id': session?.id,
    'session.lock': session?.lock,
    'session.read': session && (session.read ?? null),
    'session.clear': session && (session.clear ?? null),
  }
  for (const [name, value] of Object.entries(functions)) {
    if (value !== undefined && typeof value !== 'function') invalidOption(name, 'must be a function.')
  }
  if (revocations && !session) invalidOption('revocations', 'requires session.')
  if (trustedProxyHeader !== undefined && trustedProxyHeader !== 'x-forwarded') {
    invalidOption('trustedProxyHeader', "must be 'x-forwarded'.")
  }
  for (const [name, ms] of Object.entries({ revokeTimeoutMs, storeTimeoutMs })) {
    if (!(ms >= 1 && ms <= 86_400_000)) invalidOption(name, 'must be 1 to 86400000 milliseconds.')
  }
  checkExtraParameters(extraParameters)
  checkForm(form, session)
  if (!Array.isArray(clearSiteData) || !clearSiteData.every((directive) => SITE_DATA.has(directive))) {
    invalidOption('clearSiteData', `must be a list of ${[...SITE_DATA].join(', ')}.`)
  }
  return Object.freeze({
    client,
    session,
    outbox,
    revocations,
    allowedOrigins: allowedOrigins && new Set(resolveOrigins(allowedOrigins)),
    trustedProxyHeader,
    returnTo: resolveReturnAddresses(returnTo),
    extraParameters: typeof extraParameters === 'object' ? { ...extraParameters } : extraParameters,
    form: form && copyForm(form),
    clearSiteData: clearSiteData.map((directive) => `"${directive}"`).join(', '),
    throttle,
    revokeTimeoutMs,
    storeTimeoutMs,
    waitUntil,
    onEvent,
  })
}

/** The options of {@link createLogoutHandler}; the compiler reports missing ones. */
const HANDLER: Readonly<Record<keyof LogoutHandlerOptions, true>> = {
  client: true,
  session: true,
  outbox: true,
  revocations: true,
  allowedOrigins: true,
  trustedProxyHeader: true,
  returnTo: true,
  extraParameters: true,
  form: true,
  clearSiteData: true,
  throttle: true,
  revokeTimeoutMs: true,
  storeTimeoutMs: true,
  waitUntil: true,
  onEvent: true,
}

function resolveOrigins(origins: readonly (string | URL)[]): string[] {
  if (!Array.isArray(origins) || origins.length === 0) {
    invalidOption('allowedOrigins', 'must be a list that is not empty.')
  }
  return origins.map((given) => {
    const url = URL.parse(String(given))
    if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
      invalidOption('allowedOrigins', 'must list origins, such as https://app.example.com, without a path.')
    }
    return url.origin
  })
}
