import { answerLogout, answerRefusal } from './answer.ts'
import type { LogoutRequest } from './contract.ts'
import { type EndedSession, endSession } from './end-session.ts'
import { emit } from './events.ts'
import { guard } from './guards.ts'
import { type HandlerSettings, type LogoutHandlerOptions, resolveOptions } from './options.ts'
import { Refusal } from './refusal.ts'
import { readLogoutRequest } from './request-body.ts'
import { allowedReturnAddress } from './return-address.ts'
import { createRevokeTokens, type RevokeTokens } from './revoke-tokens.ts'
import { createSingleFlight, type SingleFlight } from './single-flight.ts'
import { within } from './time-limit.ts'

/** Answers a logout request. Whatever the provider and the application's own functions do, it resolves. */
export type LogoutHandler = (request: Request) => Promise<Response>

/**
 * Creates the endpoint that a page calls on its own backend, as `specs/logout-proxy.openapi.yaml` describes it. Mount it
 * at any path, for all methods. It is a plain function over Web standards: Deno, Bun, workers, Hono and Next take it
 * as it is, Express, Fastify and `node:http` through `toNodeHandler` of `@backend-logout/browser-proxy/node`.
 *
 * A request goes through all guards first; where one refuses, nothing is revoked and nothing is cleared. Then, in this
 * order: the tokens are read from the session, the provider gets `revokeTimeoutMs` to revoke them, what is left goes to
 * the outbox, and at last the session is cleared, whatever happened before. At every moment the tokens are in the
 * session or in the outbox, or revoked, so a process that dies in between loses none. A client that hangs up changes
 * nothing of it.
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
  const endpoint = { settings, flights: createSingleFlight<EndedSession>(), revokeTokens: createRevokeTokens(settings) }
  return async (request) => {
    const startedAt = performance.now()
    try {
      const logout = logOut(request, endpoint)
      // On some platforms a request ends when its client hangs up.
      if (settings.waitUntil) keepAlive(settings.waitUntil, logout, settings)
      const { ended, joined } = await logout
      const { status, revocations, logoutUrl, headers } = ended
      const durationMs = performance.now() - startedAt
      emit(settings.onEvent, { type: 'outcome', status, revocations, durationMs, joined })
      return answerLogout({ status, ...(logoutUrl && { logout_url: logoutUrl }) }, headers, settings.clearSiteData)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { code, status } = error.problem
      emit(settings.onEvent, { type: 'refused', code, status, durationMs: performance.now() - startedAt })
      return answerRefusal(error)
    }
  }
}

interface Endpoint {
  readonly settings: HandlerSettings
  readonly flights: SingleFlight<EndedSession>
  readonly revokeTokens: RevokeTokens
}

async function logOut(
  request: Request,
  { settings, flights, revokeTokens }: Endpoint,
): Promise<{ ended: EndedSession; joined: boolean }> {
  const origin = guard(request, settings)
  await throttle(request, settings)
  const asked = await readLogoutRequest(request, settings.maxBodyBytes, settings.bodyTimeoutMs)
  const redirectUri = asked.return_to && allowedReturnAddress(asked.return_to, settings.returnTo, origin)
  const { session } = settings
  if (session && asked.token) {
    throw new Refusal('token_not_accepted', 'The tokens come from the session; the body must not have one.')
  }
  if (!session && !asked.token) {
    throw new Refusal('token_required', 'This application keeps no session here, so the body must have the token.')
  }
  const key = session ? await idOf(request, settings) : `${asked.token_type_hint} ${asked.token}`
  let joined = true
  const ended = await flights(key, () => {
    joined = false
    const hints = { idToken: asked.id_token_hint, redirectUri }
    return session
      ? endSession(request, session, hints, revokeTokens, settings)
      : revokeGiven(asked, redirectUri, revokeTokens)
  })
  return { ended, joined }
}

function keepAlive(waitUntil: (logout: Promise<unknown>) => void, logout: Promise<unknown>, settings: HandlerSettings) {
  try {
    // Its failure is for the answer alone.
    waitUntil(logout.catch(() => {}))
  } catch (error) {
    emit(settings.onEvent, { type: 'failure', step: 'wait_until', error })
  }
}

/** Revokes the token that the page itself holds. */
async function revokeGiven(
  { token, token_type_hint, id_token_hint }: LogoutRequest,
  redirectUri: string | undefined,
  revokeTokens: RevokeTokens,
): Promise<EndedSession> {
  const tokens = token_type_hint === 'refresh_token' ? { refreshToken: token } : { accessToken: token }
  const fate = await revokeTokens({ ...tokens, idToken: id_token_hint }, redirectUri)
  if (fate.revocations.some(({ error }) => error?.code === 'invalid_argument')) {
    throw new Refusal('malformed_body', 'token is not an access token or refresh token as a provider issues it.')
  }
  return { ...fate, headers: new Headers() }
}

async function throttle(request: Request, { throttle, storeTimeoutMs, onEvent }: HandlerSettings): Promise<void> {
  if (!throttle) return
  let waitMs: unknown
  try {
    waitMs = await within(storeTimeoutMs, () => throttle(request))
  } catch (error) {
    emit(onEvent, { type: 'failure', step: 'throttle', error })
  }
  if (typeof waitMs !== 'number' || !(waitMs > 0)) return
  const seconds = String(Math.max(1, Math.ceil(Math.min(waitMs, 86_400_000) / 1000)))
  throw new Refusal('too_many_requests', `Try again in ${seconds} seconds.`, { 'retry-after': seconds })
}

async function idOf(
  request: Request,
  { session, storeTimeoutMs, onEvent }: HandlerSettings,
): Promise<string | undefined> {
  try {
    return await within(storeTimeoutMs, () => session?.id?.(request))
  } catch (error) {
    emit(onEvent, { type: 'failure', step: 'id', error })
    return undefined
  }
}
