import type { LogoutErrorCode } from './codes.ts'
import { LogoutError } from './errors.ts'
import { isLoopback } from './internal-host.ts'
import { invalidOption } from './invalid-option.ts'

/**
 * Checks the address of a provider or of one of its endpoints: https, or http on loopback; no fragment, and no user
 * name or password in it. For packages that call a provider directly.
 *
 * @param what Its name in messages, such as `appHost`.
 * @param allowInsecureHttp Allows http for any host.
 * @throws LogoutError with `code` when the address may not be used
 * @example
 * ```ts
 * import { checkUrl } from '@backend-logout/core'
 *
 * const { origin } = checkUrl('https://id.example.com', 'issuer', false)
 * ```
 */
export function checkUrl(
  value: unknown,
  what: string,
  allowInsecureHttp: boolean,
  code: LogoutErrorCode = 'invalid_options',
): URL {
  const refuse = (reason: string): never => {
    const option = code === 'invalid_options' ? what : undefined
    throw new LogoutError(code, `${what} ${reason}`, { option })
  }
  if (!(typeof value === 'string' || value instanceof URL) || String(value).length > 2048) {
    return refuse('must be a URL of at most 2048 characters.')
  }
  const url = URL.parse(String(value))
  if (!url?.host) return refuse('must be an absolute URL, such as https://example.genauth.ai.')
  // The address itself is not repeated in messages, because it may contain a credential.
  if (url.username || url.password) return refuse('must not contain a user name or password.')
  if (url.hash || String(value).includes('#')) return refuse('must not have a fragment.')
  const secure =
    url.protocol === 'https:' || (url.protocol === 'http:' && (allowInsecureHttp || isLoopback(url.hostname)))
  return secure ? url : refuse(`must use https (got ${url.protocol}//${url.host}); http is for loopback only.`)
}

/**
 * Checks an address to which paths are appended: as {@link checkUrl} does, and it has no query, not even an empty one. A
 * path behind a `?` would lead to another page, whose success is not that of the endpoint.
 *
 * @param what Its name in messages, such as `appHost`.
 * @param allowInsecureHttp Allows http for any host.
 * @throws LogoutError `invalid_options` when the address may not be used
 * @example
 * ```ts
 * import { checkBaseUrl } from '@backend-logout/core'
 *
 * const { href } = checkBaseUrl('https://example.genauth.ai', 'host', false)
 * ```
 */
export function checkBaseUrl(value: unknown, what: string, allowInsecureHttp: boolean): URL {
  const url = checkUrl(value, what, allowInsecureHttp)
  return url.href.includes('?') ? invalidOption(what, 'must not have a query.') : url
}

/** Names an endpoint in messages and events: without its query. */
export function endpointName(url: string): string {
  return url.split('?', 1)[0] as string
}
