import { checkUrl, emit, invalidOption, within } from '@backend-logout/core'
import { bareResponse, retryHeaders } from './bare-response.ts'
import { readBodyText } from './body-text.ts'
import { carryOut } from './carry-out.ts'
import { createRevocationTokenVerifier } from './global-revocation-token.ts'
import { parseMembers } from './json-object.ts'
import { checkTargets, type LogoutTargets, TARGETS } from './logout-targets.ts'
import { type LogoutTokenVerifierOptions, resolveOptions } from './options.ts'
import type { Awaitable } from './replays.ts'
import { readThrown, reportIncomplete } from './thrown.ts'

/** A user, in the provider's format. */
export interface RevocationSubject {
  /** The issuer that names the user. */
  readonly iss: string
  /** The user. */
  readonly sub: string
}

/** Options of {@link createGlobalRevocationHandler}. */
export type GlobalRevocationHandlerOptions = Omit<LogoutTargets, 'keepOfflineAccess'> &
  LogoutTokenVerifierOptions & {
    /** The address of this endpoint, as registered at the provider, without a query: the `aud` of its tokens. */
    readonly endpoint: string | URL
    /**
     * Finds the user with an email address, for providers that identify users by it. `undefined` if no user has it.
     * @default such requests get 422
     */
    readonly subjectOfEmail?:
      | ((email: string, iss: string) => Awaitable<RevocationSubject | null | undefined>)
      | undefined
  }

/** Responds to a request to log a user out everywhere. It never rejects. */
export type GlobalRevocationHandler = (request: Request) => Promise<Response>

const { keepOfflineAccess: _never, ...ITS_TARGETS } = TARGETS
const NAMES = { ...ITS_TARGETS, endpoint: true, subjectOfEmail: true }

/**
 * Creates the endpoint that Okta's Universal Logout calls when an administrator or a detected threat logs a user out
 * everywhere. All sessions of the user end, and all tokens in them are revoked, those with `offline_access` included.
 *
 * Responses: 204 on success, 400 for an invalid request, 401 for a token that is not acceptable, 403 for a user of
 * another issuer, 404 for an unknown email address, 422 if users cannot be found by the request's identifier, and 503
 * if a store failed or the provider's current keys cannot be fetched.
 *
 * **Experimental**: the protocol is a draft that has expired, and this was not tried with a live Okta tenant. It may change
 * in any version.
 *
 * @throws LogoutError `invalid_options`
 * @see {@link https://datatracker.ietf.org/doc/draft-parecki-oauth-global-token-revocation/ | Global Token Revocation}
 * @experimental
 * @example
 * ```ts
 * import { createGlobalRevocationHandler, createMemorySessionIndex } from '@backend-logout/receiver'
 *
 * const store = new Map<string, { accessToken: string }>()
 * const handler = createGlobalRevocationHandler({
 *   issuer: 'https://example.okta.com',
 *   clientId: 'app',
 *   endpoint: 'https://app.example.com/global-token-revocation',
 *   sessions: createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) }),
 * })
 * ```
 */
export function createGlobalRevocationHandler(options: GlobalRevocationHandlerOptions): GlobalRevocationHandler {
  const settings = resolveOptions(options, NAMES)
  checkTargets(options)
  const { onEvent, subjectOfEmail, storeTimeoutMs = 5_000 } = options
  const endpoint = checkUrl(options.endpoint, 'endpoint', settings.allowInsecureHttp)
  if (endpoint.search) invalidOption('endpoint', 'must not have a query.')
  if (subjectOfEmail !== undefined && typeof subjectOfEmail !== 'function') {
    invalidOption('subjectOfEmail', 'must be a function.')
  }
  const verify = createRevocationTokenVerifier(settings, String(options.endpoint))

  /** The user that a request names, or the status of the refusal. */
  const readSubject = async (body: string, iss: string): Promise<RevocationSubject | 400 | 403 | 404 | 422> => {
    // `subject` is documented by Auth0.
    const { sub_id: named, subject = named } = parseMembers(body) ?? {}
    const { format, iss: of, sub, email } = Object(subject) as Record<string, unknown>
    if (format === 'iss_sub') {
      if (!isName(of) || !isName(sub)) return 400
      return of === iss ? { iss, sub } : 403
    }
    if (format !== 'email' || !isName(email)) return 400
    if (!subjectOfEmail) return 422
    const found = (await within(storeTimeoutMs, () => subjectOfEmail(email, iss))) ?? undefined
    if (found === undefined) return 404
    // In the revocation list, an entry without a user would be one for all users of the issuer.
    if (!isName(found.iss) || !isName(found.sub)) throw new TypeError('subjectOfEmail must return iss and sub.')
    return found
  }

  const respond = async (request: Request, startedAt: number): Promise<Response> => {
    if (request.method !== 'POST') return bareResponse(405, { allow: 'POST' })
    const [, token] = /^Bearer +([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (!token) return bareResponse(401, { 'www-authenticate': 'Bearer' })
    const { iss, at } = await verify(token)
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) return bareResponse(400)
    const body = await readBodyText(request)
    const subject = typeof body === 'string' ? await readSubject(body, iss) : 400
    if (typeof subject === 'number') return bareResponse(subject)
    const notice = { iss: subject.iss, sub: subject.sub, at }
    const { sessions } = await carryOut(notice, { ...options, keepOfflineAccess: false })
    emit(onEvent, { type: 'logged_out', sessions, durationMs: performance.now() - startedAt })
    return bareResponse(204)
  }

  return async (request) => {
    const startedAt = performance.now()
    try {
      return await respond(request, startedAt)
    } catch (error) {
      const durationMs = performance.now() - startedAt
      const { refusal } = readThrown(error)
      if (refusal) {
        const answer = refusal.retryable
          ? bareResponse(503, retryHeaders(refusal.retryAfterMs))
          : bareResponse(401, { 'www-authenticate': 'Bearer error="invalid_token"' })
        emit(onEvent, { type: 'refused', code: refusal.code, status: answer.status, durationMs })
        return answer
      }
      reportIncomplete(onEvent, error, 503, durationMs)
      return bareResponse(503)
    }
  }
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= 1024 && value.isWellFormed() && !value.includes('\0')
  )
}
