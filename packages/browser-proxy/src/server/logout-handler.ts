import { emit } from '@backend-logout/core'
import { answerForm, answerLogout, answerProblem } from './answer.ts'
import { endSession } from './end-session.ts'
import type { OnLogoutProxyEvent } from './events.ts'
import { doorOf, formTarget, readForm } from './form-door.ts'
import { checkExtraParameters, type ExtraParameters, type GivenExtraParameters } from './front-channel.ts'
import { revokeGivenToken } from './given-token.ts'
import { type Door, guard } from './guards.ts'
import { HttpProblem, internalError } from './http-problem.ts'
import { createJoinLogouts } from './join-logouts.ts'
import { type LogoutHandlerOptions, resolveOptions } from './options.ts'
import { readLogoutRequest } from './request-body.ts'
import { allowedReturnAddress } from './return-address.ts'
import { createRevokeTokens } from './revoke-tokens.ts'
import type { Awaitable } from './session.ts'
import { createRunStep, type RunStep } from './step.ts'

/**
 * Answers a logout request. It never rejects, whatever the request, the provider and the application's own functions
 * do: an unexpected error becomes an event and a response with the problem `internal_error`.
 */
export type LogoutHandler = (request: Request) => Promise<Response>

/**
 * Creates the endpoint that a page calls on its own backend, as `specs/logout-proxy.openapi.yaml` describes it. Mount it
 * at any path, for all methods. It is a plain function over Web standards: Deno, Bun, workers, Hono and Next use it
 * directly; Express, Fastify and `node:http` through `toNodeHandler` of `@backend-logout/browser-proxy/node`.
 *
 * A request must pass all guards first; if one refuses it, nothing is revoked and nothing is cleared. Then, in this
 * order: the tokens are read from the session, its access tokens are put on the revocation list, the provider gets
 * `revokeTimeoutMs` to revoke them, the remaining tokens go to the outbox, and finally the session is cleared, whatever
 * happened before. The tokens are always in the session, in the outbox, or revoked, so a process that ends early loses
 * none. A client that disconnects does not change any of this.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
 * import { createLogoutClient } from '@backend-logout/core'
 *
 * const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * const sessions = new Map<string, { accessToken: string; refreshToken: string; idToken: string }>()
 *
 * const logout = createLogoutHandler({
 *   client,
 *   session: cookieSession({
 *     name: '__Host-session',
 *     read: (id) => sessions.get(id),
 *     clear: (id) => sessions.delete(id),
 *   }),
 *   allowedOrigins: ['https://app.example.com'],
 *   returnTo: ['https://app.example.com/goodbye'],
 * })
 *
 * const answer: Response = await logout(new Request('https://app.example.com/logout', { method: 'POST' }))
 * ```
 */
export function createLogoutHandler(options: LogoutHandlerOptions): LogoutHandler {
  const settings = resolveOptions(options)
  const { session, throttle, waitUntil, onEvent, form } = settings
  const runStep = createRunStep(settings.storeTimeoutMs, onEvent)
  const revokeTokens = createRevokeTokens(settings, runStep)
  const joinLogouts = createJoinLogouts(revokeTokens)

  const logOut = async (request: Request, door: Door) => {
    const origin = guard(request, settings, door)
    if (throttle) await checkRate(() => throttle(request), runStep)
    const asked =
      door === 'form' && form && session
        ? await readForm(request, form, session, runStep)
        : await readLogoutRequest(request)
    const redirectUri = asked.return_to && allowedReturnAddress(asked.return_to, settings.returnTo, origin)
    const { token, token_type_hint: hint, id_token_hint: idToken, state } = asked
    const extra = await readExtraParameters(request, settings.extraParameters, runStep)
    const front = {
      ...(redirectUri !== undefined && { redirectUri }),
      ...(state !== undefined && { state }),
      ...(extra !== undefined && { extraParameters: extra }),
    }
    if (!session) {
      if (!token) {
        throw new HttpProblem(
          'token_required',
          'This application keeps no session here, so the body must have the token.',
        )
      }
      const revoke = () => revokeGivenToken(asked, front, revokeTokens, settings.client.appId)
      return { ...(await joinLogouts(`${hint} ${token}`, { idToken, front }, revoke)), returnTo: redirectUri }
    }
    if (token) {
      throw new HttpProblem('token_not_accepted', 'The tokens come from the session; the body must not have one.')
    }
    const id = await runStep('id', async () => readId(await session.id?.(request)))
    const named = session.id && id.ok ? id.value !== undefined : undefined
    const hints = { idToken, front, named }
    const end = () => endSession(request, session, hints, revokeTokens, runStep, onEvent)
    return { ...(await joinLogouts(id.ok ? id.value : undefined, hints, end)), returnTo: redirectUri }
  }

  return async (request) => {
    const startedAt = performance.now()
    const durationMs = (): number => performance.now() - startedAt
    try {
      const door = doorOf(request, form)
      const logout = logOut(request, door)
      if (waitUntil) keepAlive(waitUntil, logout, onEvent)
      const { result, joined, returnTo } = await logout
      const { status, revocations, logoutUrl, logoutForm, logoutUrlError, listed, headers } = result
      const content = {
        status,
        ...(logoutUrl && { logout_url: logoutUrl }),
        ...(logoutForm && { logout_form: logoutForm }),
        ...(logoutUrlError && { logout_url_error: logoutUrlError.code }),
        ...(listed !== undefined && { refused_by_services: listed }),
      }
      const answer =
        form && door === 'form'
          ? answerForm(formTarget(content, returnTo, form), headers, settings.clearSiteData)
          : answerLogout(content, headers, settings.clearSiteData)
      const known = { ...(logoutUrlError && { logoutUrlError }) }
      emit(onEvent, { type: 'outcome', status, revocations, listed, ...known, durationMs: durationMs(), joined })
      return answer
    } catch (error) {
      const expected = HttpProblem.is(error)
      if (!expected) emit(onEvent, { type: 'failure', step: 'handler', error })
      const problem = expected ? error : internalError()
      const { code, status } = problem.problem
      emit(onEvent, { type: 'refused', code, status, durationMs: durationMs() })
      return answerProblem(problem)
    }
  }
}

function readId(id: string | null | undefined): string | undefined {
  if (id !== undefined && id !== null && typeof id !== 'string') throw new TypeError('session.id must return a string.')
  return id ?? undefined
}

/** Gets the parameters of the logout URL. If that fails, the logout continues without them. */
async function readExtraParameters(
  request: Request,
  given: GivenExtraParameters | undefined,
  runStep: RunStep,
): Promise<ExtraParameters | undefined> {
  if (typeof given !== 'function') return given
  const made = await runStep('extra_parameters', async () => {
    const parameters = (await given(request)) ?? undefined
    checkExtraParameters(parameters)
    return parameters && { ...parameters }
  })
  return made.ok ? made.value : undefined
}

/** Calls the application's rate limit. If that fails, the logout continues. */
async function checkRate(throttle: () => Awaitable<number | null | undefined>, runStep: RunStep): Promise<void> {
  const wait = await runStep('throttle', async () => {
    const waitMs = (await throttle()) ?? 0
    if (typeof waitMs !== 'number' || Number.isNaN(waitMs)) throw new TypeError('throttle must return milliseconds.')
    return waitMs
  })
  if (!wait.ok || wait.value <= 0) return
  const seconds = String(Math.max(1, Math.ceil(Math.min(wait.value, 86_400_000) / 1000)))
  throw new HttpProblem('too_many_requests', `Try again in ${seconds} seconds.`, { 'retry-after': seconds })
}

/** On some platforms, a request ends when its client disconnects; this keeps its work alive. */
async function keepAlive(
  waitUntil: (logout: Promise<unknown>) => unknown,
  logout: Promise<unknown>,
  onEvent: OnLogoutProxyEvent | undefined,
): Promise<void> {
  // The outcome of the logout is only for the response.
  const ended = Promise.allSettled([logout]).then(() => {})
  try {
    await waitUntil(ended)
  } catch (error) {
    emit(onEvent, { type: 'failure', step: 'wait_until', error })
  }
}
