import { emit } from '@backend-logout/core'
import { answerForm, answerLogout, answerProblem, contentOf } from './answer.ts'
import type { OnLogoutProxyEvent } from './events.ts'
import { doorOf, formTarget } from './form-door.ts'
import { HttpProblem, internalError } from './http-problem.ts'
import { createLogOut } from './log-out.ts'
import { type LogoutHandlerOptions, resolveOptions } from './options.ts'

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
  const { form, clearSiteData, waitUntil, onEvent } = settings
  const logOut = createLogOut(settings)

  return async (request) => {
    const startedAt = performance.now()
    const durationMs = (): number => performance.now() - startedAt
    try {
      const door = doorOf(request, form)
      const logout = logOut(request, door)
      if (waitUntil) keepAlive(waitUntil, logout, onEvent)
      const { result, joined, returnTo } = await logout
      const content = contentOf(result)
      const answer =
        form && door === 'form'
          ? answerForm(formTarget(content, returnTo, form), result.headers, clearSiteData)
          : answerLogout(content, result.headers, clearSiteData)
      const { status, revocations, listed, logoutUrlError } = result
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
