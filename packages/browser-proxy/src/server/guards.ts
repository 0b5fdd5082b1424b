import { HttpProblem, malformedRequest, methodNotAllowed } from './http-problem.ts'
import { ownOrigin } from './own-origin.ts'

/** Settings of the application that the guards require. */
export interface GuardSettings {
  /** Serialized origins; without any, the request's own address counts. */
  readonly allowedOrigins: ReadonlySet<string> | undefined
  readonly trustedProxyHeader: 'x-forwarded' | undefined
}

/** Ways to call the endpoint: a script, which can send a custom header, or a form, which cannot. */
export type Door = 'script' | 'form'

const PREFETCH = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/**
 * Accepts only requests that a script on a page of the application has sent on purpose. Everything is decided from the
 * request line and the headers, before the body is read.
 *
 * @returns the page's origin, which is one of the application's own
 * @throws HttpProblem
 * @see {@link https://www.w3.org/TR/fetch-metadata/ | Fetch Metadata}
 */
export function guard(request: Request, settings: GuardSettings, door: Door): string {
  const { method, headers } = request
  if (method !== 'POST') throw methodNotAllowed()
  // Some runtimes pass on a Host that does not form a valid URL.
  const url = URL.parse(request.url)
  if (!url) throw malformedRequest()
  if (PREFETCH.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))) {
    throw new HttpProblem('prefetch', 'Prefetch and prerender requests are rejected.')
  }
  if (door === 'script' && headers.get('x-logout-request') !== '1') {
    throw new HttpProblem('header_missing', 'The header X-Logout-Request: 1 is missing.')
  }
  const origin = headers.get('origin')
  const own = settings.allowedOrigins ?? new Set([ownOrigin(url, headers, settings.trustedProxyHeader)])
  if (origin === null || !own.has(origin)) {
    throw new HttpProblem('foreign_origin', 'Origin is not the origin of this application.')
  }
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') {
    throw new HttpProblem('cross_site', 'Sec-Fetch-Site is not same-origin.')
  }
  if (door === 'form') refuseFrames(headers)
  return origin
}

/** A form in a frame may be clicked by a user who sees something else. */
function refuseFrames(headers: Headers): void {
  for (const [name, expected] of [
    ['sec-fetch-mode', 'navigate'],
    ['sec-fetch-dest', 'document'],
  ] as const) {
    const value = headers.get(name)
    if (value !== null && value !== expected) {
      throw new HttpProblem('cross_site', 'A logout form must be sent by a page that fills its tab.')
    }
  }
}
