import { checkUrl, copyOptions, emit, invalidOption, within } from '@backend-logout/core'
import { bareResponse, retryHeaders } from './bare-response.ts'
import { readBodyText } from './body-text.ts'
import { carryOut } from './carry-out.ts'
import type { RequestProblem } from './events.ts'
import { createRevocationTokenVerifier } from './global-revocation-token.ts'
import { parseMembers } from './json-object.ts'
import { checkTargets, type LogoutTargets, TARGETS } from './logout-targets.ts'
import { type IssuerOptions, resolveOptions, type SharedVerifierOptions } from './options.ts'
import type { Awaitable } from './replays.ts'
import { readThrown, reportIncomplete } from './thrown.ts'

/** A user, in the provider's format. */
export interface RevocationSubject {
  /** The issuer that names the user. */
  readonly iss: string
  /** The user. */
  readonly sub: string
}

/** A provider whose requests are accepted. Its tokens are always signed, have `exp`, and have their own `typ`. */
export interface RevocationIssuerOptions
  extends Omit<IssuerOptions, 'allowMissingExp' | 'decryptionKeys' | 'strictType'> {}

/** Options of {@link createGlobalRevocationHandler}. */
export type GlobalRevocationHandlerOptions = Omit<LogoutTargets, 'keepOfflineAccess'> &
  Omit<SharedVerifierOptions, 'replays'> &
  (RevocationIssuerOptions | { readonly issuers: readonly RevocationIssuerOptions[] }) & {
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
const NAMES = {
  more: { ...ITS_TARGETS, endpoint: true, subjectOfEmail: true },
  without: {
    replays: 'a token is accepted until it expires',
    decryptionKeys: 'the tokens of these requests are not encrypted',
    allowMissingExp: 'the tokens of these requests must have exp',
    strictType: 'the typ of these tokens is always checked',
  } satisfies Record<'replays' | Exclude<keyof IssuerOptions, keyof RevocationIssuerOptions>, string>,
}

/** The reason why a request names no user that can be logged out. */
interface SubjectRefusal {
  readonly code: RequestProblem
  readonly status: 400 | 403 | 404 | 422
}

/**
 * Creates the endpoint that Okta's Universal Logout calls when an administrator or a detected threat logs a user out
 * everywhere. All sessions of the user end, and all tokens in them are revoked, those with `offline_access` included.
 *
 * Responses: 204 on success, 400 for an invalid request, 401 for a token that is not acceptable, 403 for a user of
 * another issuer, 404 for an unknown email address, 422 if users cannot be found by the request's identifier, and 503
 * if a store failed or the provider's current keys cannot be fetched. The event `refused` has the reason.
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

  const targets = { ...copyOptions(options, ITS_TARGETS), keepOfflineAccess: false }

  const readSubject = async (body: string, iss: string): Promise<RevocationSubject | SubjectRefusal> => {
    const members = parseMembers(body)
    if (!members) return { code: 'malformed_body', status: 400 }
    // `subject` is documented by Auth0.
    const { sub_id: named, subject = named } = members
    const { format, iss: of, sub, email } = Object(subject) as Record<string, unknown>
    if (format === 'iss_sub' && isName(of) && isName(sub)) {
      return of === iss ? { iss, sub } : { code: 'foreign_subject', status: 403 }
    }
    if (format !== 'email' || !isName(email)) return { code: 'unreadable_subject', status: 400 }
    if (!subjectOfEmail) return { code: 'unsupported_subject', status: 422 }
    const found = (await within(storeTimeoutMs, () => subjectOfEmail(email, iss))) ?? undefined
    if (found === undefined) return { code: 'unknown_subject', status: 404 }
    // In the revocation list, an entry without a user would be one for all users of the issuer.
    const { iss: its, sub: user } = found
    if (!isName(its) || !isName(user)) throw new TypeError('subjectOfEmail must return iss and sub.')
    return { iss: its, sub: user }
  }

  const respond = async (request: Request, startedAt: number): Promise<Response> => {
    const refuse = (code: RequestProblem, status: number, headers?: Readonly<Record<string, string>>): Response => {
      emit(onEvent, { type: 'refused', code, status, durationMs: performance.now() - startedAt })
      return bareResponse(status, headers)
    }
    if (request.method !== 'POST') return refuse('method_not_allowed', 405, { allow: 'POST' })
    const [, token] = /^Bearer +([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (!token) return refuse('token_missing', 401, { 'www-authenticate': 'Bearer' })
    const { iss, at } = await verify(token)
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
      return refuse('unsupported_media_type', 400)
    }
    const body = await readBodyText(request)
    if (typeof body !== 'string') return refuse(body.problem, 400)
    const subject = await readSubject(body, iss)
    if ('code' in subject) return refuse(subject.code, subject.status)
    const { sessions } = await carryOut({ iss: subject.iss, sub: subject.sub, at }, targets)
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
