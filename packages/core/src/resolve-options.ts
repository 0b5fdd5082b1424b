import { checkDuration, type ResolvedLimits, resolveLimits } from './call-options.ts'
import { type ClientAuth, createClientAuth } from './client-auth.ts'
import { CLIENT, CLIENT_HINTS, ENDPOINTS } from './client-option-names.ts'
import { type Clock, systemClock } from './clock.ts'
import { defaultAuthMethod } from './default-client-auth.ts'
import { resolveEndpointHosts } from './endpoint-hosts.ts'
import { checkBaseUrl, checkUrl } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import type { OnEvent } from './events.ts'
import { fetchTransport } from './fetch-transport.ts'
import { checkFingerprintKey } from './fingerprint.ts'
import { invalidOption } from './invalid-option.ts'
import type { LogoutClientOptions } from './options.ts'
import { refuseUnknownOption } from './refuse-unknown-option.ts'
import { resolveHeaders } from './request-headers.ts'
import { returnAddress } from './return-address.ts'
import type { Transport } from './transport.ts'
import { defaultUserAgent } from './user-agent.ts'

/** An issuer, checked. */
export interface ResolvedIssuer {
  readonly kind: 'issuer'
  /** The accepted spellings; the first one decides where to look. */
  readonly issuer: readonly string[]
  readonly metadataUrl: string | undefined
  readonly metadataMaxAgeMs: number
  readonly endpointHosts: readonly string[] | undefined
}

/** The location of the provider, checked. */
export type ResolvedLocation =
  | { readonly kind: 'genauth'; readonly base: string; readonly protocol: 'oidc' | 'oauth' }
  | ResolvedIssuer
  | { readonly kind: 'endpoints'; readonly endpoints: Readonly<Record<string, string | undefined>> }

/** Checked options: complete, frozen, and without the caller's objects. */
export interface ResolvedOptions {
  readonly appId: string
  readonly appSecret: string | undefined
  readonly location: ResolvedLocation
  readonly clientAuth: ClientAuth | undefined
  readonly alreadyInvalidErrors: readonly string[]
  readonly redirectUri: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly transport: Transport
  readonly onEvent: OnEvent | undefined
  readonly fingerprintKey: string | undefined
  readonly allowInsecureHttp: boolean
  readonly limits: ResolvedLimits
  /** The default of `deadlineMs` for `logout`. */
  readonly logoutDeadlineMs: number
  readonly clock: Clock
}

const DEFAULT_LIMITS: ResolvedLimits = { timeoutMs: 10_000, deadlineMs: 30_000, retries: 2 }
/** With the application's own work, a page that logs out responds within five seconds. */
const LOGOUT_DEADLINE_MS = 4_500

/**
 * Checks options and completes them.
 *
 * @throws LogoutError `invalid_options`, with a message that names the option and its valid values
 */
export function resolveOptions(options: LogoutClientOptions, clock: Clock = systemClock): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new LogoutError('invalid_options', 'Options must be an object.')
  }
  refuseUnknownOption(options, CLIENT, CLIENT_HINTS)
  const { fetch, transport, onEvent, allowInsecureHttp = false, redirectUri, logoutRedirectUri } = options
  const appSecret = options.appSecret === undefined ? undefined : checkText(options.appSecret, 'appSecret')
  const appId = checkText(options.appId, 'appId')
  if (typeof allowInsecureHttp !== 'boolean') invalidOption('allowInsecureHttp', 'must be true or false.')
  checkFunction(fetch, 'fetch')
  checkFunction(onEvent, 'onEvent')
  checkFunction(transport && (transport.send ?? null), 'transport.send')
  const location = resolveLocation(options, allowInsecureHttp)
  const method = options.clientAuth ?? defaultAuthMethod(location.kind, appSecret)
  if (typeof method !== 'string' && typeof method !== 'function' && method !== undefined) {
    invalidOption('clientAuth', 'must be a method name or a function.')
  }
  const limits = resolveLimits(options, DEFAULT_LIMITS, 'invalid_options')
  const { logoutDeadlineMs = Math.min(limits.deadlineMs, LOGOUT_DEADLINE_MS) } = options
  checkDuration(logoutDeadlineMs, 'logoutDeadlineMs')
  return Object.freeze({
    appId,
    appSecret,
    location,
    clientAuth: typeof method === 'string' ? createClientAuth(method, appId, appSecret) : method,
    alreadyInvalidErrors: checkErrors(options.alreadyInvalidErrors),
    redirectUri: logoutRedirectUri
      ? returnAddress(logoutRedirectUri, 'logoutRedirectUri')
      : returnAddress(redirectUri, 'redirectUri'),
    headers: withUserAgent(resolveHeaders(options.headers)),
    transport: transport ?? fetchTransport(fetch),
    onEvent,
    fingerprintKey: options.fingerprintKey === undefined ? undefined : checkFingerprintKey(options.fingerprintKey),
    allowInsecureHttp,
    limits,
    logoutDeadlineMs,
    clock,
  })
}

function resolveLocation(options: LogoutClientOptions, allowInsecureHttp: boolean): ResolvedLocation {
  const { appHost, issuer, endpoints, protocol = 'oidc' } = options
  const given = [appHost, issuer, endpoints].filter((value) => value !== undefined && value !== null)
  if (given.length !== 1) {
    const count = given.length || 'none'
    throw new LogoutError('invalid_options', `Exactly one of appHost, issuer and endpoints is required; got ${count}.`)
  }
  if (!issuer && options.endpointHosts !== undefined) invalidOption('endpointHosts', 'is only for issuer.')
  // An empty one counts as given: the usual cause is an environment variable without a value.
  if (appHost !== undefined && appHost !== null) {
    if (protocol !== 'oidc' && protocol !== 'oauth') invalidOption('protocol', "must be 'oidc' or 'oauth'.")
    const url = checkBaseUrl(appHost, 'appHost', allowInsecureHttp)
    refuseEndpointPath(url)
    return { kind: 'genauth', base: url.href.replace(/\/+$/, ''), protocol }
  }
  if (issuer !== undefined && issuer !== null) {
    const { href } = checkBaseUrl(issuer, 'issuer', allowInsecureHttp)
    const { metadataUrl, metadataMaxAgeMs = 3_600_000 } = options
    checkDuration(metadataMaxAgeMs, 'metadataMaxAgeMs')
    return {
      kind: 'issuer',
      // A URL object always ends a bare host with a slash, but the provider may omit it: then both spellings are valid.
      issuer: issuer instanceof URL ? [href, href.replace(/(\/\/[^/]+)\/$/, '$1')] : [issuer],
      metadataUrl: metadataUrl === undefined ? undefined : checkUrl(metadataUrl, 'metadataUrl', allowInsecureHttp).href,
      metadataMaxAgeMs,
      endpointHosts: resolveEndpointHosts(options.endpointHosts),
    }
  }
  if (typeof endpoints !== 'object' || endpoints === null) {
    invalidOption('endpoints', 'must be an object of URLs.')
  }
  refuseUnknownOption(endpoints, ENDPOINTS, {}, 'endpoints.')
  const { revocation, introspection, endSession } = endpoints
  const checked = Object.entries({ revocation, introspection, endSession }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, checkUrl(value, `endpoints.${name}`, allowInsecureHttp).href]],
  )
  if (!checked.length) invalidOption('endpoints', 'must have at least one of revocation, introspection and endSession.')
  return { kind: 'endpoints', endpoints: Object.fromEntries(checked) }
}

/** A console also shows addresses of endpoints; paths appended to one of them would be wrong. */
function refuseEndpointPath({ origin, pathname }: URL): void {
  const [, before, part] = /^(.*?)\/(oidc|oauth|\.well-known|saml-idp|cas-idp)(?:\/|$)/.exec(pathname) ?? []
  if (part === undefined) return
  const protocol = part === 'oauth' ? " with protocol: 'oauth'" : ''
  invalidOption('appHost', `must not have the path of an endpoint: use ${origin}${before}${protocol}.`)
}

function checkErrors(errors: readonly string[] = []): readonly string[] {
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 300
  if (Array.isArray(errors) && errors.length <= 100 && errors.every(isText)) return Object.freeze([...errors])
  return invalidOption('alreadyInvalidErrors', 'must be a list of at most 100 strings of 1 to 300 characters.')
}

function withUserAgent(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const userAgent = defaultUserAgent()
  return userAgent === undefined ? headers : Object.freeze({ 'user-agent': userAgent, ...headers })
}

function checkText(value: unknown, option: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 8192 && value.isWellFormed()) return value
  return invalidOption(option, 'must be a string of 1 to 8192 characters.')
}

function checkFunction(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== 'function') invalidOption(option, 'must be a function.')
}
