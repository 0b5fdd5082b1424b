import { refuse } from '../errors.ts'
import { emit } from '../events.ts'
import { refuseOthers } from '../option-names.ts'
import { isCursor } from '../page.ts'
import type { ReadRequest, RevocationPage, RevocationSource } from '../source.ts'
import { readThrown } from '../thrown.ts'
import { ALWAYS, type ProblemCode, refusal } from './problem.ts'

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/**
 * Events of a feed, for logs, metrics and alerts. No event names a token, a session, a user or an issuer.
 *
 * - `answered`: a page was sent.
 * - `refused`: a request was refused, or could not be served.
 * - `failure`: a function of the application threw; `error` is its unchanged error.
 */
export type RevocationFeedEvent =
  | { readonly type: 'answered'; readonly entries: number; readonly durationMs: number }
  | {
      readonly type: 'refused'
      readonly code: ProblemCode
      readonly status: number
      readonly durationMs: number
    }
  | { readonly type: 'failure'; readonly step: 'authorize' | 'read'; readonly error: unknown }

/** Options of {@link createRevocationFeedHandler}. */
export interface RevocationFeedHandlerOptions {
  /** The log to read. */
  readonly log: RevocationSource
  /**
   * Decides if a request may read the log, which contains identifiers of users and sessions: {@link
   * bearerAuthorization}, or your own function. If it throws, the response is 503.
   */
  readonly authorize: (request: Request) => Awaitable<boolean>
  /**
   * Maximum number of open requests; further ones get a 503.
   * @default 10_000
   */
  readonly maxOpen?: number | undefined
  /** Receives events. */
  readonly onEvent?: ((event: RevocationFeedEvent) => void) | undefined
}

/**
 * Answers requests for the feed. It never rejects.
 *
 * @param server The server of Bun, which passes itself: its limit for idle connections is shorter than a reader's wait.
 */
export type RevocationFeedHandler = (request: Request, server?: unknown) => Promise<Response>

/** A page as it is sent. */
interface Answered {
  readonly body: string
  /** The number of its entries. */
  readonly entries: number
}

/** The longest wait that the contract allows, in seconds. */
const MAX_WAIT_S = 25
/** The time for which Bun must keep a connection that waits, in seconds. */
const IDLE_S = MAX_WAIT_S + 10

/**
 * Creates the endpoint that lists follow, as `specs/revocation-feed.openapi.yaml` describes it. It is a plain function
 * over Web standards, and keeps no state: any number of processes can serve one log. Readers that wait share one query
 * per change.
 *
 * @throws RevocationError `invalid_options`
 * @example
 * ```ts
 * import { bearerAuthorization, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
 *
 * const log = await openRevocationLog({ store: 'postgres://localhost/app' })
 * const feed = createRevocationFeedHandler({ log, authorize: bearerAuthorization(process.env.FEED_SECRET ?? '') })
 * const answer: Response = await feed(new Request('https://feed.example.com/revocations'))
 * ```
 */
export function createRevocationFeedHandler(options: RevocationFeedHandlerOptions): RevocationFeedHandler {
  const { log, authorize, maxOpen = 10_000, onEvent, ...others } = options ?? {}
  refuseOthers(others, 'log, authorize, maxOpen, onEvent')
  if (typeof log?.read !== 'function') refuse('log must have read().')
  if (typeof authorize !== 'function') refuse('authorize must be a function: the feed is not public.')
  if (!(Number.isInteger(maxOpen) && maxOpen >= 1)) refuse('maxOpen must be a positive whole number.')
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent must be a function.')
  const answers = new WeakMap<RevocationPage, Answered>()
  let open = 0

  const answer = async (request: Request): Promise<Response | Answered> => {
    if (request.method !== 'GET') {
      return refusal('method_not_allowed', 'Read the feed with GET.', { allow: 'GET' })
    }
    if (open > maxOpen) return refusal('busy', 'Too many readers are waiting.', { 'retry-after': '5' })
    let isAuthorized: unknown
    try {
      isAuthorized = await authorize(request)
    } catch (error) {
      emit(onEvent, { type: 'failure', step: 'authorize', error })
      return refusal('log_unavailable', 'Authorization cannot be checked at the moment.', { 'retry-after': '2' })
    }
    if (isAuthorized !== true) {
      const detail = 'This feed requires the authorization of its operator.'
      return refusal('unauthorized', detail, { 'www-authenticate': 'Bearer' })
    }
    const asked = readQuery(new URL(request.url).searchParams)
    if (typeof asked === 'string') return refusal('malformed_request', asked)
    try {
      const page = await log.read({ ...asked, signal: request.signal })
      // All who waited get the same page.
      const answered = answers.get(page) ?? { body: JSON.stringify(page), entries: page.entries.length }
      answers.set(page, answered)
      return answered
    } catch (error) {
      const { name, code } = readThrown(error)
      if (name === 'RevocationError' && code === 'cursor_gone') {
        return refusal('cursor_gone', 'This cursor does not belong to this log. Read from the start, without after.')
      }
      // A client that has disconnected gets no response anyway.
      if (!request.signal.aborted) emit(onEvent, { type: 'failure', step: 'read', error })
      return refusal('log_unavailable', 'The revocation log cannot be read at the moment.', { 'retry-after': '2' })
    }
  }

  return async (request, server) => {
    const startedAt = performance.now()
    keepOpen(request, server)
    open++
    try {
      // A function of the application may never end.
      const answered = await Promise.race([answer(request), disconnected(request)])
      const durationMs = performance.now() - startedAt
      if (!(answered instanceof Response)) {
        emit(onEvent, { type: 'answered', entries: answered.entries, durationMs })
        return new Response(answered.body, { headers: { ...ALWAYS, 'content-type': 'application/json' } })
      }
      const { code } = (await answered.clone().json()) as { code: ProblemCode }
      emit(onEvent, { type: 'refused', code, status: answered.status, durationMs })
      return answered
    } finally {
      open--
    }
  }
}

/** Keeps a request that waits, at Bun. Other runtimes pass other values, which can be anything. */
function keepOpen(request: Request, server: unknown): void {
  try {
    const { timeout } = Object(server) as { timeout?: unknown }
    if (typeof timeout === 'function' && 'requestIP' in Object(server)) timeout.call(server, request, IDLE_S)
  } catch {}
}

/** Resolves when the client has disconnected, which gets no response anyway. */
function disconnected({ signal }: Request): Promise<Response> {
  const gone = (): Response => refusal('log_unavailable', 'The client has disconnected.', { 'retry-after': '2' })
  return new Promise((resolve) => {
    if (signal.aborted) resolve(gone())
    signal.addEventListener('abort', () => resolve(gone()), { once: true })
  })
}

/** Reads the query, or returns the error in it. */
function readQuery(query: URLSearchParams): Omit<ReadRequest, 'signal'> | string {
  const [after, ...others] = query.getAll('after')
  const [wait = '0', ...waits] = query.getAll('wait')
  if (others.length > 0 || waits.length > 0) return 'after and wait can be set only once.'
  if (after !== undefined && !isCursor(after)) return 'after must be the cursor of an earlier response.'
  if (!/^\d{1,2}$/.test(wait) || Number(wait) > MAX_WAIT_S) {
    return `wait must be a whole number of seconds from 0 to ${MAX_WAIT_S}.`
  }
  return { after, waitMs: Number(wait) * 1000 }
}
