import { type ClientAuth, type ClientAuthMethod, clientAuthOf } from './client-auth.ts'
import { type Clock, systemClock } from './clock.ts'
import { checkUrl } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import type { OnEvent } from './events.ts'
import { fetchTransport } from './fetch-transport.ts'
import { resolveEndpointHosts } from './metadata-url.ts'
import { resolveHeaders } from './request-headers.ts'
import type { Transport } from './transport.ts'

/** GenAuth (formerly Authing), by the address of the application. */
export interface GenAuthLocation {
  /** The application's Authentication Address, such as `https://example.genauth.ai`. */
  readonly appHost: string | URL
  /**
   * The application's protocol, which decides the path of its endpoints.
   * @default 'oidc'
   */
  readonly protocol?: 'oidc' | 'oauth'
  /** Not together with `appHost`. */
  readonly issuer?: never
  /** Not together with `appHost`. */
  readonly endpoints?: never
}

/** Any other provider, by its issuer: endpoints and client authentication come from its metadata. */
export interface IssuerLocation {
  /** Exactly as the provider states it in its metadata, including a trailing slash or the lack of one. */
  readonly issuer: string | URL
  /** Not together with `issuer`. */
  readonly appHost?: never
  /** Not together with `issuer`. */
  readonly protocol?: never
  /** Not together with `issuer`. */
  readonly endpoints?: never
}

/** Any provider, by the absolute URLs of its endpoints; nothing is discovered. */
export interface EndpointsLocation {
  /** Absolute URLs. Without `introspection` there is no `verify`, without `endSession` no logout URL. */
  readonly endpoints: {
    readonly revocation: string | URL
    readonly introspection?: string | URL
    readonly endSession?: string | URL
  }
  /** Not together with `endpoints`. */
  readonly appHost?: never
  /** Not together with `endpoints`. */
  readonly protocol?: never
  /** Not together with `endpoints`. */
  readonly issuer?: never
}

/** Where the provider is: exactly one of `appHost`, `issuer` and `endpoints`. */
export type ProviderLocation = GenAuthLocation | IssuerLocation | EndpointsLocation

/** How long a call may take and how often it may try. The client has defaults; each call may have its own. */
export interface CallLimits {
  /**
   * Time for one attempt including its whole answer, in milliseconds, 1 to 86 400 000.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Time for the whole call including all attempts and waits, in milliseconds, 1 to 86 400 000.
   * @default 30_000
   */
  readonly deadlineMs?: number | undefined
  /**
   * How many attempts may follow a failed first one, 0 to 100.
   * @default 2
   */
  readonly retries?: number | undefined
}

/** Limits and signal of one call. */
export interface CallOptions extends CallLimits {
  /** Ends the call at once when it aborts; what is in flight is reported as `unknown`. */
  readonly signal?: AbortSignal | undefined
}

/** Everything about a client but where its provider is. */
export interface ClientOptions extends CallLimits {
  /** The application's id: OAuth's `client_id`. */
  readonly appId: string
  /** The application's secret: OAuth's `client_secret`. Leave it out for a public client. */
  readonly appSecret?: string | undefined
  /**
   * How the application authenticates at the revocation and introspection endpoints.
   * @default for `appHost`, `client_secret_post` with a secret and `none` without; for `issuer`, the first method in
   * the provider's metadata that can be done; for `endpoints`, `client_secret_basic` with a secret and `none` without
   */
  readonly clientAuth?: ClientAuthMethod | ClientAuth | undefined
  /**
   * Only with `issuer`: the only hosts, besides the issuer's own, on which the provider's metadata may place endpoints, such as
   * `['oauth2.googleapis.com']`; with the port where it is not 443. An empty list leaves the issuer's own host alone.
   * A host inside your network must be listed when the issuer is outside it.
   * @default any public host
   */
  readonly endpointHosts?: readonly string[] | undefined
  /** Where the user came from; the default for the return address of the logout URL, after `logoutRedirectUri`. */
  readonly redirectUri?: string | URL | undefined
  /** Where the provider sends the user after the logout URL; must be registered there. */
  readonly logoutRedirectUri?: string | URL | undefined
  /**
   * Additional headers for each request, such as `User-Agent` or `X-Tenant-Id`: at most 64, with 16 384 characters.
   * Refused are credentials and what is named like one (`Authorization`, `Cookie`, `DPoP`, and names with `token`,
   * `secret`, `api-key` and the like), because each request has exactly one credential; and what the request itself
   * decides: `Content-*`, `Host`, `Expect`, and what is about the connection, such as `Upgrade` or `Proxy-*`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The function that sends the requests. It is called with `redirect: 'manual'`.
   * @default the global `fetch`, looked up at each request
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Sends the requests in place of `fetch`; for runtimes with something better, such as `@backend-logout/node`. */
  readonly transport?: Transport | undefined
  /** Is told what happens, for logs, metrics and traces. */
  readonly onEvent?: OnEvent | undefined
  /**
   * Allows plain http to hosts other than loopback. Whoever can see or touch that network gets the tokens.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined
}

/** Options of {@link createLogoutClient}. */
export type LogoutClientOptions = ProviderLocation & ClientOptions

/** Options after they were checked once: complete, frozen, and free of the caller's objects. */
export interface ResolvedOptions {
  readonly appId: string
  readonly appSecret: string | undefined
  readonly location:
    | { readonly kind: 'genauth'; readonly base: string; readonly protocol: 'oidc' | 'oauth' }
    | {
        readonly kind: 'issuer'
        readonly issuer: readonly string[]
        readonly endpointHosts: readonly string[] | undefined
      }
    | { readonly kind: 'endpoints'; readonly endpoints: Readonly<Record<string, string | undefined>> }
  readonly clientAuth: ClientAuth | undefined
  readonly redirectUri: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly transport: Transport
  readonly onEvent: OnEvent | undefined
  readonly allowInsecureHttp: boolean
  readonly limits: Required<{ [K in keyof CallLimits]: number }>
  readonly clock: Clock
}

/**
 * Checks options and completes them.
 *
 * @throws LogoutError `invalid_options`, with a message that names the option and says what it must be
 */
export function resolveOptions(options: LogoutClientOptions, clock: Clock = systemClock): ResolvedOptions {
  if (typeof options !== 'object' || options === null) refuse(undefined, 'Options must be an object.')
  const { appId, clientAuth, fetch, transport, onEvent, allowInsecureHttp = false } = options
  const appSecret = options.appSecret === undefined ? undefined : string(options.appSecret, 'appSecret')
  string(appId, 'appId')
  if (typeof allowInsecureHttp !== 'boolean') refuse('allowInsecureHttp', 'must be true or false.')
  for (const [name, value] of Object.entries({
    fetch,
    onEvent,
    'transport.send': transport && (transport.send ?? null),
  })) {
    if (value !== undefined && typeof value !== 'function') refuse(name, 'must be a function.')
  }
  const location = resolveLocation(options, allowInsecureHttp)
  const method = clientAuth ?? defaultMethod(location, appSecret)
  return Object.freeze({
    appId,
    appSecret,
    location,
    clientAuth: typeof method === 'string' ? clientAuthOf(method, appId, appSecret) : checkFunction(method),
    redirectUri: returnAddress(
      options.logoutRedirectUri ?? options.redirectUri,
      options.logoutRedirectUri ? 'logoutRedirectUri' : 'redirectUri',
    ),
    headers: resolveHeaders(options.headers),
    transport: transport ?? fetchTransport(fetch),
    onEvent,
    allowInsecureHttp,
    limits: resolveLimits(options, { timeoutMs: 10_000, deadlineMs: 30_000, retries: 2 }, 'invalid_options'),
    clock,
  })
}

function resolveLocation(options: LogoutClientOptions, allowInsecureHttp: boolean): ResolvedOptions['location'] {
  const { appHost, issuer, endpoints, protocol = 'oidc' } = options
  const given = [appHost, issuer, endpoints].filter((value) => value !== undefined && value !== null)
  if (given.length !== 1) {
    refuse(undefined, `Exactly one of appHost, issuer and endpoints is needed; got ${given.length || 'none'}.`)
  }
  if (!issuer && options.endpointHosts !== undefined) refuse('endpointHosts', 'is only for issuer.')
  if (appHost) {
    if (protocol !== 'oidc' && protocol !== 'oauth') refuse('protocol', "must be 'oidc' or 'oauth'.")
    const url = checkUrl(appHost, 'appHost', allowInsecureHttp)
    if (url.search) refuse('appHost', 'must not have a query.')
    return { kind: 'genauth', base: url.href.replace(/\/+$/, ''), protocol }
  }
  if (issuer) {
    const { href, search } = checkUrl(issuer, 'issuer', allowInsecureHttp)
    if (search) refuse('issuer', 'must not have a query.')
    // A URL object always ends its bare host in a slash, which the provider may not: then both spellings are right.
    const spellings = issuer instanceof URL ? [href, href.replace(/(\/\/[^/]+)\/$/, '$1')] : [issuer]
    return { kind: 'issuer', issuer: spellings, endpointHosts: resolveEndpointHosts(options.endpointHosts) }
  }
  if (typeof endpoints !== 'object' || endpoints === null)
    return refuse('endpoints', 'must be an object with revocation.')
  const { revocation, introspection, endSession } = endpoints
  const check = (value: unknown, name: string): string => checkUrl(value, `endpoints.${name}`, allowInsecureHttp).href
  return {
    kind: 'endpoints',
    endpoints: {
      revocation: check(revocation, 'revocation'),
      introspection: introspection === undefined ? undefined : check(introspection, 'introspection'),
      endSession: endSession === undefined ? undefined : check(endSession, 'endSession'),
    },
  }
}

/** The method without an explicit option; `undefined` where the provider's metadata decides. */
function defaultMethod(
  location: ResolvedOptions['location'],
  appSecret: string | undefined,
): ClientAuthMethod | undefined {
  if (location.kind === 'issuer') return undefined
  if (appSecret === undefined) return 'none'
  return location.kind === 'genauth' ? 'client_secret_post' : 'client_secret_basic'
}

function checkFunction(method: ClientAuth | undefined): ClientAuth | undefined {
  if (method !== undefined && typeof method !== 'function') refuse('clientAuth', 'must be a method name or a function.')
  return method
}

/** Tells whether a value is a number of milliseconds from `least` to a day. */
export function isDuration(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= 86_400_000
}

/**
 * Makes sure that the options of a call are an object, and that their signal is one: an `AbortController` in its place
 * would never end the call, and break when the call ends.
 *
 * @throws LogoutError `invalid_argument`
 */
export function checkCallOptions(options: unknown): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    throw new LogoutError('invalid_argument', 'The options of a call must be an object.')
  }
  const { signal } = options as { signal?: Partial<AbortSignal> | null }
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') {
    throw new LogoutError('invalid_argument', 'signal must be an AbortSignal.', { option: 'signal' })
  }
}

/**
 * Completes the limits of a call.
 *
 * @throws LogoutError with `code` when one is not a number in its range
 */
export function resolveLimits(
  limits: CallLimits,
  defaults: ResolvedOptions['limits'],
  code: 'invalid_options' | 'invalid_argument' = 'invalid_argument',
): ResolvedOptions['limits'] {
  const { timeoutMs = defaults.timeoutMs, deadlineMs = defaults.deadlineMs, retries = defaults.retries } = limits
  const wrong = isDuration(timeoutMs, 1) ? (isDuration(deadlineMs, 1) ? undefined : 'deadlineMs') : 'timeoutMs'
  if (wrong) throw new LogoutError(code, `${wrong} must be 1 to 86400000 milliseconds.`, { option: wrong })
  if (!(Number.isInteger(retries) && retries >= 0 && retries <= 100)) {
    throw new LogoutError(code, 'retries must be a whole number from 0 to 100.', { option: 'retries' })
  }
  return { timeoutMs, deadlineMs, retries }
}

/**
 * Checks an address to which the provider sends the user back. It may have an application's own scheme, but none that
 * a browser would run.
 */
export function returnAddress(
  value: unknown,
  option: 'redirectUri' | 'logoutRedirectUri',
  code: 'invalid_options' | 'invalid_argument' = 'invalid_options',
): string | undefined {
  if (value === undefined) return undefined
  const url =
    (typeof value === 'string' || value instanceof URL) && String(value).length <= 2048
      ? URL.parse(String(value))
      : null
  if (!url || /^(?:javascript|data|vbscript|blob|file):$/.test(url.protocol)) {
    throw new LogoutError(code, `${option} must be an absolute URL of at most 2048 characters.`, { option })
  }
  // As it was given: providers compare it with the registered one character by character.
  return String(value)
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 8192 || !value.isWellFormed()) {
    refuse(name, 'must be a string of 1 to 8192 characters.')
  }
  return value as string
}

function refuse(option: string | undefined, reason: string): never {
  throw new LogoutError('invalid_options', option === undefined ? reason : `${option} ${reason}`, { option })
}
