import { ownOrigin, type ProxyHeader } from './own-origin.ts'
import { Refusal } from './refusal.ts'

/** What the guards need to know about the application. */
export interface GuardSettings {
  /** Serialized origins; where there are none, the request's own address counts. */
  readonly allowedOrigins: ReadonlySet<string> | undefined
  readonly trustedProxyHeader: ProxyHeader | undefined
}

const PREFETCH = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/**
 * Lets through only what a script on a page of the application sent on purpose. Everything is decided from the request
 * line and the headers, before the body is read.
 *
 * @returns the page's origin, which is one of the application's own
 * @throws Refusal
 * @see {@link https://www.w3.org/TR/fetch-metadata/ | Fetch Metadata}
 */
export function guard(request: Request, settings: GuardSettings): string {
  const { method, headers } = request
  if (method !== 'POST') throw new Refusal('method_not_allowed', 'Log out with POST.', { allow: 'POST' })
  if (PREFETCH.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))) {
    throw new Refusal('prefetch', 'Logging out is not done ahead of time.')
  }
  if (headers.get('x-logout-request') !== '1') {
    throw new Refusal('header_missing', 'The header X-Logout-Request: 1 is missing.')
  }
  const origin = headers.get('origin')
  const own = settings.allowedOrigins ?? new Set([ownOrigin(request, settings.trustedProxyHeader)])
  if (origin === null || !own.has(origin)) {
    throw new Refusal('foreign_origin', 'Origin is not the origin of this application.')
  }
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') {
    throw new Refusal('cross_site', 'Sec-Fetch-Site is not same-origin.')
  }
  return origin
}
