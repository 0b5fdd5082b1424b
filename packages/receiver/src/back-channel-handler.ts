import { emit, invalidOption, within } from '@backend-logout/core'
import { ALWAYS, bareResponse, retryHeaders } from './bare-response.ts'
import { carryOut } from './carry-out.ts'
import type { LogoutTokenErrorCode } from './errors.ts'
import type { RequestProblem } from './events.ts'
import { readLogoutToken } from './form-body.ts'
import type { components } from './generated/back-channel-logout.ts'
import { checkTargetNames, checkTargets, type LogoutTargets, TARGETS } from './logout-targets.ts'
import { readThrown, reportIncomplete } from './thrown.ts'
import type { LogoutTokenVerifier } from './verifier.ts'

/** Options of {@link createBackChannelHandler}. */
export interface BackChannelHandlerOptions extends LogoutTargets {
  /** Verifies the tokens: {@link createLogoutTokenVerifier}. */
  readonly verifier: LogoutTokenVerifier
  /**
   * The status of the response if a logout could not be completed, but a retry can succeed. Some senders retry after
   * 503; none does after 400. The specification defines only 400.
   * @default 503
   */
  readonly failureStatus?: 503 | 400 | undefined
}

/** Responds to a provider's report of a logout. It never rejects. */
export type BackChannelHandler = (request: Request) => Promise<Response>

/** A refusal, as in the contract. */
type LogoutProblem = components['schemas']['LogoutProblem']

const NAMES: Readonly<Record<keyof BackChannelHandlerOptions, true>> = {
  ...TARGETS,
  verifier: true,
  failureStatus: true,
}

/**
 * Creates the endpoint that the provider calls when a user has logged out, as `specs/back-channel-logout.openapi.yaml`
 * describes it. Register its address as the application's `backchannel_logout_uri`. It is a plain function over Web
 * standards: Deno, Bun, workers, Hono and Next use it directly; Express, Fastify and `node:http` through `toNodeHandler` of
 * `@backend-logout/browser-proxy/node`.
 *
 * First, the token is verified. Then, the tokens in the sessions go to the outbox, the revocation list gets an entry,
 * and the sessions end. Only if all of this succeeds is the response 200, and only then is the token remembered as
 * processed. If anything fails before that, the provider can deliver it again. A second delivery after that gets 200
 * and has no effect. The reason of a refusal is in the event, not in the response.
 *
 * The request needs no protection against forgery by other sites, because it is authenticated by its token alone.
 *
 * @throws LogoutError `invalid_options`
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse | Back-Channel Logout §2.5–2.8}
 * @example
 * ```ts
 * import { createBackChannelHandler, createLogoutTokenVerifier, createMemorySessionIndex } from '@backend-logout/receiver'
 *
 * const store = new Map<string, { accessToken: string }>()
 * const handler = createBackChannelHandler({
 *   verifier: createLogoutTokenVerifier({ issuer: 'https://id.example.com', clientId: 'app' }),
 *   sessions: createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) }),
 * })
 * const answer: Response = await handler(new Request('https://app.example.com/backchannel-logout', { method: 'POST' }))
 * ```
 */
export function createBackChannelHandler(options: BackChannelHandlerOptions): BackChannelHandler {
  checkTargetNames(options, NAMES)
  checkTargets(options)
  const { verifier, failureStatus = 503, storeTimeoutMs = 5_000, onEvent } = options
  if (typeof verifier?.verify !== 'function' || typeof verifier.handled !== 'function') {
    invalidOption('verifier', 'must have verify() and handled().')
  }
  if (failureStatus !== 503 && failureStatus !== 400) invalidOption('failureStatus', 'must be 503 or 400.')

  return async (request) => {
    const startedAt = performance.now()
    const durationMs = (): number => performance.now() - startedAt
    const unavailable = (retryAfterMs?: number): Response => {
      const description = 'The logout could not be completed. Deliver it again.'
      return problem(failureStatus, 'temporarily_unavailable', description, retryAfterMs)
    }
    const refused = (code: RequestProblem | LogoutTokenErrorCode, answer: Response): Response => {
      emit(onEvent, { type: 'refused', code, status: answer.status, durationMs: durationMs() })
      return answer
    }
    // Always the same text, so that an attacker learns nothing.
    const invalid = (status: 400 | 405): Response =>
      problem(status, 'invalid_request', 'This is not an acceptable logout token.')

    try {
      const read = await readLogoutToken(request)
      if ('problem' in read) return refused(read.problem, invalid(read.problem === 'method_not_allowed' ? 405 : 400))
      const notice = await verifier.verify(read.token)
      const { sessions } = await carryOut(notice, options)
      // If this fails, a second delivery is processed again, which is harmless.
      await within(storeTimeoutMs, () => verifier.handled(notice)).catch((error: unknown) => {
        emit(onEvent, { type: 'failure', step: 'replays', error })
      })
      emit(onEvent, { type: 'logged_out', sessions, durationMs: durationMs() })
      return bareResponse(200)
    } catch (error) {
      const { refusal } = readThrown(error)
      if (refusal) {
        if (refusal.retryable) return refused(refusal.code, unavailable(refusal.retryAfterMs))
        if (refusal.code !== 'replayed') return refused(refusal.code, invalid(400))
        emit(onEvent, { type: 'repeated', durationMs: durationMs() })
        return bareResponse(200)
      }
      reportIncomplete(onEvent, error, failureStatus, durationMs())
      return unavailable()
    }
  }
}

function problem(status: number, error: LogoutProblem['error'], description: string, retryAfterMs?: number): Response {
  const body: LogoutProblem = { error, error_description: description }
  const headers = {
    ...(status === 405 && { allow: 'POST' }),
    ...(status === 503 && retryHeaders(retryAfterMs)),
    'content-type': 'application/json',
    ...ALWAYS,
  }
  return new Response(JSON.stringify(body), { status, headers })
}
