import { readText } from './body.ts'
import {
  isRevocationError,
  RevocationError,
  type RevocationErrorCode,
  type RevocationErrorDetails,
  refuse,
} from './errors.ts'
import { refuseOthers } from './option-names.ts'
import type { RevocationPage, RevocationSource } from './source.ts'

/** Options of {@link revocationFeed}. */
export interface RevocationFeedOptions {
  /**
   * The value of the `Authorization` header, such as `Bearer …`, or a function that returns it, called for each
   * request. If it fails, the list tries again later.
   */
  readonly authorization?: string | (() => string | Promise<string>) | undefined
  /**
   * Time limit for a response of the feed, in milliseconds, in addition to the requested wait, but at most half of that
   * wait.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * The function that sends the requests, such as one that presents a client certificate. It is called with
   * `redirect: 'manual'`.
   * @default the global `fetch`, looked up at each request
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * Allows plain http to hosts other than loopback. Anyone who can read that network gets the authorization; anyone who can
   * change it decides which tokens are valid.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined
}

/** The contract allows 8 MiB; a little more is harmless. */
const MAX_BODY_BYTES = 10_000_000
/** The longest wait that the contract allows, in seconds. */
const MAX_WAIT_S = 25
const LOOPBACK = /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/

/** Meaning of statuses other than 200, and of their hundreds: 0 is a redirect that `fetch` hides. */
const CODES: Readonly<Record<number, RevocationErrorCode>> = {
  0: 'redirect_refused',
  3: 'redirect_refused',
  304: 'unexpected_response',
  401: 'unauthorized',
  403: 'unauthorized',
  410: 'cursor_gone',
  429: 'rate_limited',
  5: 'unavailable',
  408: 'unavailable',
  421: 'unavailable',
  425: 'unavailable',
}

/**
 * Reads a revocation feed over HTTP, as `specs/revocation-feed.openapi.yaml` describes it: https only, except on
 * loopback; no redirects; bounded in time and size. Neither errors nor events contain the authorization.
 *
 * @param url The address of the feed.
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { revocationFeed } from '@backend-logout/revocations'
 *
 * const source = revocationFeed('https://feed.example.com/revocations', {
 *   authorization: () => `Bearer ${process.env.FEED_SECRET}`,
 * })
 * ```
 */
export function revocationFeed(url: string | URL, options: RevocationFeedOptions = {}): RevocationSource {
  const {
    authorization,
    timeoutMs = 10_000,
    fetch = (...sent) => globalThis.fetch(...sent),
    allowInsecureHttp,
    ...others
  } = options
  refuseOthers(others, 'authorization, timeoutMs, fetch, allowInsecureHttp')
  const address = checkAddress(url, allowInsecureHttp)
  if (!(timeoutMs >= 1 && timeoutMs <= 86_400_000)) refuse('timeoutMs must be 1 to 86400000.')
  if (typeof authorization !== 'function') checkAuthorization(authorization)
  const authorize = async (): Promise<{ authorization?: string }> => {
    try {
      return checkAuthorization(typeof authorization === 'function' ? await authorization() : authorization)
    } catch (error) {
      // A function that fails may succeed later. One that returns something else has a mistake.
      const code = isRevocationError(error) ? 'unauthorized' : 'unavailable'
      // Its error is not the cause, because it may contain anything, even a secret.
      throw new RevocationError(code, `authorization() failed${reasonOf(error)}.`)
    }
  }

  /** Names the address without its query, which may contain a secret. */
  const failure = (code: RevocationErrorCode, what: string, details?: RevocationErrorDetails): RevocationError =>
    new RevocationError(code, `The feed at ${address.split('?')[0]} ${what}.`, details)

  const checkHead = ({ status, redirected, headers }: Response): void => {
    if (status === 200 && !redirected) return
    const code = CODES[redirected ? 0 : status] ?? CODES[Math.floor(status / 100)] ?? 'unexpected_response'
    // Seconds, or a date. Without the header, it is neither.
    const asked = headers.get('retry-after') as string
    const retryAfterMs = Number(asked) * 1000 || Date.parse(asked) - Date.now()
    const what = `answered with HTTP ${status}${status === 304 ? ' from a cache' : ''}`
    throw failure(code, what, { status, ...(retryAfterMs > 0 && { retryAfterMs }) })
  }

  return {
    async read({ after, waitMs, signal }) {
      const wait = Math.min(MAX_WAIT_S, Math.floor(waitMs / 1000))
      const target = new URL(address)
      if (after) target.searchParams.set('after', after)
      if (wait > 0) target.searchParams.set('wait', `${wait}`)

      const ending = new AbortController()
      const end = (): void => ending.abort()
      // A request that waits, and is lost, leaves time for another one before the list becomes stale.
      const timer = setTimeout(end, Math.min(timeoutMs + wait * 1000, waitMs * 1.5 || timeoutMs))
      signal.addEventListener('abort', end, { signal: ending.signal })
      const request = async (): Promise<RevocationPage> => {
        const headers = { 'cache-control': 'no-cache', ...(await authorize()) }
        const response = await fetch(target.href, { headers, redirect: 'manual', signal: ending.signal })
        checkHead(response)
        return JSON.parse(await readText(response, MAX_BODY_BYTES))
      }
      // The functions of the application may ignore the signal, or never see it.
      const ended = new Promise<never>((_, reject) => ending.signal.addEventListener('abort', reject))
      try {
        return await Promise.race([ended, request()])
      } catch (error) {
        if (isRevocationError(error)) throw error
        if (error instanceof SyntaxError) throw failure('unexpected_response', 'sent too much, or no JSON')
        if (ending.signal.aborted) throw failure('timeout', 'timed out')
        throw failure('network', `could not be reached${reasonOf(error)}`)
      } finally {
        // Ends a body that was not read to its end.
        end()
        clearTimeout(timer)
      }
    },
  }
}

function checkAddress(value: string | URL, allowInsecureHttp: boolean | undefined): string {
  const url = URL.parse(String(value))
  const insecure = url?.protocol === 'http:' && (allowInsecureHttp || LOOPBACK.test(url.hostname))
  // The address itself is not repeated, because it may contain a secret.
  if (!url || (url.protocol !== 'https:' && !insecure) || url.username || url.password || url.hash) {
    return refuse('url must be https, or http on loopback, without credentials or a fragment.')
  }
  return url.href
}

function checkAuthorization(value: unknown): { authorization?: string } {
  if (value === undefined) return {}
  if (typeof value === 'string' && /^[!-~]+(?: [!-~]+)*$/.test(value)) return { authorization: value }
  // Runtimes repeat a value that they refuse, so it is checked here.
  return refuse('authorization must be visible ASCII.')
}

/** A code such as ECONNREFUSED. The message of a runtime may contain anything. */
function reasonOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  const reason = String(cause?.code ?? code)
  return /^[A-Z_]{3,40}$/.test(reason) ? ` (${reason})` : ''
}
