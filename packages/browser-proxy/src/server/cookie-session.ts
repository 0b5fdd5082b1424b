import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import { CHUNK_SEPARATORS, sentCookie } from './sent-cookie.ts'
import type { Awaitable, LogoutSession, StoredTokens } from './session.ts'

/** Options of {@link cookieSession}. The attributes must be those with which the cookie was set. */
export interface CookieSessionOptions {
  /** The cookie's name. With the prefix `__Host-` no other site, not even a subdomain, can plant one. */
  readonly name: string
  /**
   * Joins a cookie that a library has split because it is too long: `session.0` (Auth.js, express-openid-connect,
   * Supabase), `session__0` (Auth0 for Next), `session_0` or `session-0`; or `session.1` if `session` is `__chunked__`
   * and the number of chunks (h3, Nuxt, TanStack Start). All chunks are cleared. If one is missing, `read` fails, and the
   * logout is `local_only` rather than `logged_out`. Set it to `false` if other cookies have such names.
   * @default true
   */
  readonly chunks?: boolean | undefined
  /**
   * The tokens of the session with this cookie: look it up in the store, or decrypt it. `undefined` if there is no such
   * session.
   */
  readonly read: (value: string, request: Request) => Awaitable<StoredTokens | null | undefined>
  /** Deletes the session from the store. Not needed if the cookie is the session. */
  readonly clear?: ((value: string, request: Request) => unknown) | undefined
  /** See {@link LogoutSession.lock}. */
  readonly lock?: (<T>(value: string, run: () => Promise<T>) => Promise<T>) | undefined
  /** Further cookies with the same attributes that end along with the session. */
  readonly alsoClear?: readonly string[] | undefined
  /** @default '/' */
  readonly path?: string | undefined
  /** @default none: the cookie belongs to this host alone */
  readonly domain?: string | undefined
  /** @default true; `false` only for development over plain http */
  readonly secure?: boolean | undefined
  /** @default true */
  readonly httpOnly?: boolean | undefined
  /** @default 'Lax' */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
  /** @default false */
  readonly partitioned?: boolean | undefined
}

/** The options; the compiler reports missing ones. */
const COOKIE: Readonly<Record<keyof CookieSessionOptions, true>> = {
  name: true,
  chunks: true,
  read: true,
  clear: true,
  lock: true,
  alsoClear: true,
  path: true,
  domain: true,
  secure: true,
  httpOnly: true,
  sameSite: true,
  partitioned: true,
}

const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/
const ATTRIBUTE = /^[\x21-\x3a\x3c-\x7e]+$/

/**
 * A {@link LogoutSession} that lives in a cookie, or that a cookie names. The cookie is cleared with the attributes
 * that browsers insist on; the rules of the prefixes `__Host-` and `__Secure-` are enforced.
 *
 * @throws LogoutError `invalid_options`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-5.3 | RFC 6265 §5.3}
 * @example
 * ```ts
 * import { cookieSession } from '@backend-logout/browser-proxy/server'
 *
 * const store = new Map<string, { accessToken: string; refreshToken: string; idToken: string }>()
 *
 * cookieSession({
 *   name: '__Host-session',
 *   read: (id) => store.get(id),
 *   clear: (id) => store.delete(id),
 * })
 * ```
 */
export function cookieSession(options: CookieSessionOptions): LogoutSession {
  const hints = { maxAge: 'it is not needed to clear a cookie', secret: 'verify the signature in read' }
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(options, COOKIE, hints)
  const { name, read, clear, lock, alsoClear = [], chunks = true, secure, httpOnly, partitioned } = options
  for (const [what, value] of Object.entries({ chunks, secure, httpOnly, partitioned })) {
    if (value !== undefined && typeof value !== 'boolean') invalidOption(what, 'must be true or false.')
  }
  if (!Array.isArray(alsoClear)) invalidOption('alsoClear', 'must be a list of names.')
  const names = [name, ...alsoClear]
  for (const cookie of names) expire(cookie, options)
  for (const [what, value, optional] of [
    ['read', read, false],
    ['clear', clear, true],
    ['lock', lock, true],
  ] as const) {
    if (typeof value !== 'function' && !(optional && value === undefined)) invalidOption(what, 'must be a function.')
  }
  const separators = chunks ? CHUNK_SEPARATORS : []
  const valueIn = (request: Request): string | undefined => sentCookie(request, name, separators).value
  return {
    id: valueIn,
    async read(request) {
      const { value, problem } = sentCookie(request, name, separators)
      if (problem !== undefined) throw new Error(problem)
      return value === undefined ? undefined : read(value, request)
    },
    async clear(request) {
      const value = valueIn(request)
      if (value !== undefined) await clear?.(value, request)
      const sent = names.flatMap((cookie) => [cookie, ...sentCookie(request, cookie, separators).chunks])
      return sent.map((cookie): [string, string] => ['set-cookie', expire(cookie, options)])
    },
    ...(lock && {
      lock: (request, run) => {
        const value = valueIn(request)
        return value === undefined ? run() : lock(value, run)
      },
    }),
  }
}

/** The `Set-Cookie` that ends a cookie. A browser accepts it only with the attributes that the cookie was set with. */
function expire(name: string, options: CookieSessionOptions): string {
  const { path = '/', domain, secure = true, httpOnly = true, sameSite = 'Lax', partitioned = false } = options
  if (!isText(name, NAME)) invalidOption('name', 'must be the name of a cookie.')
  if (!isText(path, ATTRIBUTE) || !path.startsWith('/')) invalidOption('path', 'must start with a slash.')
  if (domain !== undefined && !isText(domain, ATTRIBUTE)) invalidOption('domain', 'must be a host name.')
  if (!['Strict', 'Lax', 'None'].includes(sameSite)) invalidOption('sameSite', "must be 'Strict', 'Lax' or 'None'.")
  if (/^__host-/i.test(name) && (!secure || path !== '/' || domain !== undefined)) {
    invalidOption(name, "must be secure, with path '/' and without a domain, because of its prefix __Host-.")
  }
  if (/^__secure-/i.test(name) && !secure) invalidOption(name, 'must be secure, because of its prefix __Secure-.')
  if ((sameSite === 'None' || partitioned) && !secure)
    invalidOption('secure', "must be true for a cookie with sameSite 'None', and for a partitioned one.")
  return [
    `${name}=`,
    'Max-Age=0',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    `Path=${path}`,
    domain && `Domain=${domain}`,
    secure && 'Secure',
    httpOnly && 'HttpOnly',
    `SameSite=${sameSite}`,
    partitioned && 'Partitioned',
  ]
    .filter(Boolean)
    .join('; ')
}

/** `test()` alone also accepts what only becomes such a text. */
function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value)
}
