import { copyOptions, emit, invalidOption } from '@backend-logout/core'
import { bareResponse } from '../bare-response.ts'
import { readBodyText } from '../body-text.ts'
import { carryOut } from '../carry-out.ts'
import type { RequestProblem } from '../events.ts'
import { forEach } from '../for-each.ts'
import { noticeOfNow } from '../local-time.ts'
import { checkTargetNames, checkTargets, type LogoutTargets, TARGETS } from '../logout-targets.ts'
import { reportIncomplete } from '../thrown.ts'
import { isId } from './genauth-id.ts'
import { isOneOf } from './shared-secret.ts'
import { GENAUTH_EVENTS, type GenAuthEvent, readWebhook } from './webhook-event.ts'

/** Options of {@link createGenAuthWebhookHandler}. */
export interface GenAuthWebhookOptions extends Omit<LogoutTargets, 'keepOfflineAccess'> {
  /** The issuer of your tokens, such as `https://example.genauth.ai/oidc`: the `iss` of your users' logins. */
  readonly issuer: string
  /** Your application's id, or its ids. A `kick` from another application ends nothing. */
  readonly appId: string | readonly string[]
  /**
   * The request key that you have set in the console, 16 characters or more; or several, while you change it. Anyone who
   * knows it can log out your users.
   */
  readonly secret: string | readonly string[]
  /**
   * The events that end the logins of their users. All others are acknowledged and ignored.
   * @default all of them
   */
  readonly events?: readonly GenAuthEvent[] | undefined
}

/** Responds to a webhook of GenAuth. It never rejects. */
export type GenAuthWebhookHandler = (request: Request) => Promise<Response>

const { keepOfflineAccess: _never, ...ITS_TARGETS } = TARGETS
const NAMES: Readonly<Record<keyof GenAuthWebhookOptions, true>> = {
  ...ITS_TARGETS,
  issuer: true,
  appId: true,
  secret: true,
  events: true,
}

/** Official sources disagree about the name of the header. */
const SECRET_HEADERS = [
  'x-genauth-token',
  'x-genauth-webhook-secret',
  'x-authing-token',
  'x-authing-webhook-secret',
] as const
/** A webhook contains whole users, of some kilobytes each. Only those who know the secret may send one. */
const MAX_BYTES = 1_048_576
const BODY_TIMEOUT_MS = 10_000
/** The maximum number of users that are logged out at the same time. */
const CONCURRENCY = 8

/**
 * Creates the endpoint for GenAuth's webhooks `kick`, `user:blocked`, `user:deleted` and `user:password-changed`. It
 * logs out each user of an event as `logoutEverywhere` does. Select `application/json` in the console.
 *
 * Answers: 200 on success, and for webhooks that end nothing; 401 without the secret; 400 for a body that does not name
 * a user; 405 for another method; 503 if a store failed.
 *
 * A webhook is authenticated by only a fixed secret in a header. It contains no time, so its time is now, as in
 * `logoutEverywhere`: a login that begins between an event and its delivery also ends, and so does one that begins before a
 * repeated delivery. According to GenAuth, `user:password-changed` is also sent for a change that failed. Webhooks contain
 * password hashes and tokens: events and errors omit them; keep them out of your logs.
 *
 * **Not confirmed at a live tenant**: it follows GenAuth's public documentation, and is tested against the emulator.
 *
 * @throws LogoutError `invalid_options`
 * @see {@link https://docs.genauth.ai/guides/webhook/ | GenAuth: Webhooks}
 * @example
 * ```ts
 * import { createMemorySessionIndex } from '@backend-logout/receiver'
 * import { createGenAuthWebhookHandler } from '@backend-logout/receiver/genauth'
 *
 * const store = new Map<string, { accessToken: string }>()
 * const handler = createGenAuthWebhookHandler({
 *   issuer: 'https://example.genauth.ai/oidc',
 *   appId: '62f20932716fbcc10d966ee5',
 *   secret: 'the-request-key-of-the-console',
 *   sessions: createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) }),
 * })
 * const answer: Response = await handler(new Request('https://app.example.com/genauth-webhooks', { method: 'POST' }))
 * ```
 */
export function createGenAuthWebhookHandler(options: GenAuthWebhookOptions): GenAuthWebhookHandler {
  checkTargetNames(options, NAMES)
  checkTargets(options)
  const { issuer, onEvent, events = GENAUTH_EVENTS } = options
  const appIds = [options.appId].flat()
  const secrets = [options.secret].flat()
  checkOptions(options, appIds, secrets)
  const targets = { ...copyOptions(options, ITS_TARGETS), keepOfflineAccess: false }

  const respond = async (request: Request, startedAt: number): Promise<Response> => {
    const durationMs = (): number => performance.now() - startedAt
    const refuse = (code: RequestProblem, status: number): Response => {
      emit(onEvent, { type: 'refused', code, status, durationMs: durationMs() })
      return bareResponse(status, status === 405 ? { allow: 'POST' } : {})
    }
    if (request.method !== 'POST') return refuse('method_not_allowed', 405)
    if (!(await hasSecret(request, secrets))) return refuse('wrong_secret', 401)
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
      return refuse('unsupported_media_type', 400)
    }
    const body = await readBodyText(request, BODY_TIMEOUT_MS, MAX_BYTES)
    if (typeof body !== 'string') return refuse(body.problem, 400)
    const notice = readWebhook(body)
    if (notice === 'unreadable') return refuse('unreadable_event', 400)
    const isOurs = notice !== 'ignored' && (notice.appId === undefined || appIds.includes(notice.appId))
    if (!isOurs || !events.includes(notice.event)) {
      emit(onEvent, { type: 'ignored', durationMs: durationMs() })
      return bareResponse(200)
    }
    let sessions = 0
    let hasFailed = false
    const logOut = async (sub: string): Promise<void> => {
      // The whole event is delivered again, so no other user is processed.
      if (hasFailed) return
      try {
        const done = await carryOut(noticeOfNow({ iss: issuer, sub }), targets)
        sessions += done.sessions
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
    await forEach(notice.users, logOut, CONCURRENCY)
    emit(onEvent, { type: 'logged_out', sessions, durationMs: durationMs() })
    return bareResponse(200)
  }

  return async (request) => {
    const startedAt = performance.now()
    try {
      return await respond(request, startedAt)
    } catch (error) {
      reportIncomplete(onEvent, error, 503, performance.now() - startedAt)
      return bareResponse(503)
    }
  }
}

/** Checks that the secret is in one of the headers, and no other value in the rest. */
async function hasSecret({ headers }: Request, secrets: readonly string[]): Promise<boolean> {
  const given = SECRET_HEADERS.flatMap((name) => headers.get(name) ?? [])
  const fits = await Promise.all(given.map((value) => isOneOf(value, secrets)))
  return fits.length > 0 && fits.every(Boolean)
}

function checkOptions(
  { issuer, events }: GenAuthWebhookOptions,
  appIds: readonly unknown[],
  secrets: readonly unknown[],
): void {
  if (typeof issuer !== 'string' || issuer === '') invalidOption('issuer', 'must be the issuer of your tokens.')
  if (appIds.length === 0 || !appIds.every(isId)) invalidOption('appId', "must be your application's id, or its ids.")
  const isSecret = (value: unknown): boolean => typeof value === 'string' && /^[\x21-\x7e]{16,1024}$/.test(value)
  if (secrets.length === 0 || !secrets.every(isSecret)) {
    invalidOption('secret', 'must have 16 to 1024 characters of ASCII, without white space.')
  }
  const isEvent = (value: unknown): boolean => (GENAUTH_EVENTS as readonly unknown[]).includes(value)
  if (events !== undefined && !(Array.isArray(events) && events.length > 0 && events.every(isEvent))) {
    invalidOption('events', `must be some of ${GENAUTH_EVENTS.join(', ')}.`)
  }
}
