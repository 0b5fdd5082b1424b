import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import { nativeOf } from './server/native-request.ts'
import type { Awaitable, LogoutSession, StoredTokens } from './server/session.ts'

/** Options of {@link nodeSession}. */
export interface NodeSessionOptions<Incoming extends IncomingMessage> {
  /** The tokens of the request's session; `undefined` if there is no session. */
  readonly read: (request: Incoming) => Awaitable<StoredTokens | null | undefined>
  /**
   * Ends the session, in the store and in the browser; `response.clearCookie()` and the like work. It is always called,
   * even without a session.
   */
  readonly clear: (request: Incoming, response: ServerResponse) => Awaitable<unknown>
  /**
   * See {@link LogoutSession.id}. Leave it out for express-session and @fastify/session: each request has a copy of the
   * session, which is saved again unless it is ended itself.
   */
  readonly id?: ((request: Incoming) => Awaitable<string | undefined>) | undefined
  /** See {@link LogoutSession.lock}. */
  readonly lock?: (<T>(request: Incoming, run: () => Promise<T>) => Promise<T>) | undefined
}

const NAMES: Readonly<Record<keyof NodeSessionOptions<IncomingMessage>, true>> = {
  read: true,
  clear: true,
  id: true,
  lock: true,
}
const HINTS = { get: 'use read', destroy: 'use clear', end: 'use clear' }

/**
 * A {@link LogoutSession} that the framework keeps with its own request, such as `request.session` of express-session. Its
 * cookie is signed, so nothing else can read it. Only for handlers that are mounted by {@link toNodeHandler}.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import type { IncomingMessage } from 'node:http'
 * import { nodeSession } from '@backend-logout/browser-proxy/node'
 *
 * interface WithSession extends IncomingMessage {
 *   session?: { tokens?: { accessToken: string }; destroy(done: (error?: unknown) => void): void }
 * }
 *
 * export const session = nodeSession<WithSession>({
 *   read: ({ session }) => session?.tokens,
 *   clear: ({ session }) => new Promise<void>((resolve, reject) => {
 *     if (session) session.destroy((error) => (error ? reject(error) : resolve()))
 *     else resolve()
 *   }),
 * })
 * ```
 */
export function nodeSession<Incoming extends IncomingMessage = IncomingMessage>(
  options: NodeSessionOptions<Incoming>,
): LogoutSession {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseUnknownOption(options, NAMES, HINTS)
  const { read, clear, id, lock } = options
  for (const [name, value, needed] of [
    ['read', read, true],
    ['clear', clear, true],
    ['id', id, false],
    ['lock', lock, false],
  ] as const) {
    if (typeof value !== 'function' && (needed || value !== undefined)) {
      invalidOption(name, 'must be a function.')
    }
  }
  const of = (request: Request): Native<Incoming> => nativeRequest<Incoming>(request)
  return {
    read: (request) => read(of(request).incoming),
    async clear(request) {
      const { incoming, outgoing } = of(request)
      await clear(incoming, outgoing)
      return undefined
    },
    ...(id && { id: (request: Request) => id(of(request).incoming) }),
    ...(lock && { lock: <T>(request: Request, run: () => Promise<T>) => lock(of(request).incoming, run) }),
  }
}

/**
 * The request of `node:http`, Express or Fastify's `raw` behind a `Request`, for functions that get only that, such as
 * `throttle` and `form.csrfToken`.
 *
 * @throws Error if the handler is not mounted with {@link toNodeHandler}
 * @example
 * ```ts
 * import { incomingOf } from '@backend-logout/browser-proxy/node'
 *
 * export const addressOf = (request: Request) => incomingOf(request).socket.remoteAddress
 * ```
 */
export function incomingOf<Incoming extends IncomingMessage = IncomingMessage>(request: Request): Incoming {
  return nativeRequest<Incoming>(request).incoming
}

interface Native<Incoming> {
  readonly incoming: Incoming
  readonly outgoing: ServerResponse
}

function nativeRequest<Incoming>(request: Request): Native<Incoming> {
  const native = nativeOf(request)
  if (!native) throw new Error('The handler is not mounted with toNodeHandler, so there is no Node.js request.')
  return native as Native<Incoming>
}
