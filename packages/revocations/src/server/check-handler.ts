import { refuse } from '../errors.ts'
import { emit } from '../events.ts'
import { isInvalidToken } from '../invalid-token.ts'
import type { RevocationList } from '../list.ts'
import { refuseOthers } from '../option-names.ts'
import type { TokenClaims } from '../revocation-table.ts'
import type { Awaitable } from './feed-handler.ts'
import { ALWAYS } from './problem.ts'

/**
 * Result of a check, for logs, metrics and alerts.
 *
 * - `accepted`, `no_token`, `invalid` (the token was not verified), `revoked`, `stale`.
 * - `unverifiable`: `verify` failed for a reason unrelated to the token, such as keys that cannot be fetched. `error`
 *   is its unchanged error.
 */
export type RevocationCheckEvent =
  | { readonly type: 'accepted' | 'no_token' | 'invalid' | 'revoked' | 'stale' }
  | { readonly type: 'unverifiable'; readonly error: unknown }

/** Options of {@link createCheckHandler}. */
export interface CheckHandlerOptions {
  /** The list of revoked tokens. */
  readonly list: Pick<RevocationList, 'check'>
  /**
   * Verifies a token (signature, issuer, audience, times) and returns its claims, or nothing for an invalid token. It
   * may also throw for an invalid token, as `jwtVerify` of `jose` does. Any other error makes the response 503.
   */
  readonly verify: (token: string, request: Request) => Awaitable<TokenClaims | null | undefined>
  /**
   * Returns the token of a request.
   * @default the bearer token of the `Authorization` header
   */
  readonly tokenOf?: ((request: Request) => string | null | undefined) | undefined
  /** Receives events. */
  readonly onEvent?: ((event: RevocationCheckEvent) => void) | undefined
}

/** Responds to the subrequests of a proxy. It never rejects. */
export type CheckHandler = (request: Request) => Promise<Response>

/**
 * Creates an endpoint for proxies that call it before they pass on a request: NGINX `auth_request`, Envoy `ext_authz`,
 * Traefik and Caddy `forward_auth`. It returns 204 for a verified token that is not revoked, 401 for any other token,
 * and 503 if it cannot check.
 *
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { followRevocations, revocationFeed } from '@backend-logout/revocations'
 * import { createCheckHandler } from '@backend-logout/revocations/server'
 *
 * declare function verify(token: string): Promise<{ iss?: string; jti?: string }>
 *
 * const list = followRevocations({ source: revocationFeed('https://feed.example.com/revocations') })
 * const check = createCheckHandler({ list, verify })
 * const answer: Response = await check(new Request('http://localhost/check'))
 * ```
 */
export function createCheckHandler(options: CheckHandlerOptions): CheckHandler {
  const { list, verify, tokenOf = bearerToken, onEvent, ...others } = options ?? {}
  refuseOthers(others, 'list, verify, tokenOf, onEvent')
  if (typeof list?.check !== 'function') refuse('list must have check().')
  for (const [name, value] of Object.entries({ verify, tokenOf, onEvent })) {
    if (typeof value !== 'function' && !(name === 'onEvent' && value === undefined))
      refuse(`${name} must be a function.`)
  }

  const judge = async (request: Request): Promise<RevocationCheckEvent> => {
    try {
      const token = tokenOf(request)
      if (!token) return { type: 'no_token' }
      const claims = await verify(token, request)
      if (!claims) return { type: 'invalid' }
      const verdict = list.check(claims)
      return { type: verdict === 'valid' ? 'accepted' : verdict }
    } catch (error) {
      return isInvalidToken(error) ? { type: 'invalid' } : { type: 'unverifiable', error }
    }
  }

  return async (request) => {
    const event = await judge(request)
    emit(onEvent, event)
    switch (event.type) {
      case 'accepted':
        return new Response(null, { status: 204, headers: ALWAYS })
      case 'no_token':
        return problem(401, 'Unauthorized', { 'www-authenticate': 'Bearer' })
      case 'invalid':
      case 'revoked':
        return problem(401, 'Unauthorized', { 'www-authenticate': 'Bearer error="invalid_token"' })
      default:
        return problem(503, 'Service Unavailable', { 'retry-after': '2' })
    }
  }
}

/** The token in the header, if there is exactly one. */
function bearerToken(request: Request): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

function problem(status: number, title: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title, status }), {
    status,
    headers: { ...headers, ...ALWAYS, 'content-type': 'application/problem+json' },
  })
}
