import { emit, readSessionTokens, type SessionTokens } from '@backend-logout/core'
import type { OnLogoutProxyEvent } from './events.ts'
import { HttpProblem } from './http-problem.ts'
import type { SharedLogout, UrlRequest } from './join-logouts.ts'
import { NO_TOKENS, type RevokeTokens, type TokensOutcome } from './revoke-tokens.ts'
import type { LogoutSession, StoredTokens } from './session.ts'
import { underLock } from './session-lock.ts'
import type { RunStep, StepResult } from './step.ts'

/** Parameters that the page adds to its session. */
export interface PageHints extends UrlRequest {
  /** True if the request names a session; `undefined` if the session has no `id`. */
  readonly named: boolean | undefined
}

const NO_HINTS: PageHints = { idToken: undefined, front: {}, named: true }

/**
 * Ends the application's own session, and with it the tokens: read, revoke, clear, under the application's lock, if it
 * has one. The session is cleared last, whatever the outcome for the tokens, because the tokens are in it until then.
 *
 * @throws HttpProblem when the session could not be cleared
 */
export async function endSession(
  request: Request,
  session: LogoutSession,
  hints: PageHints,
  revokeTokens: RevokeTokens,
  runStep: RunStep,
  onEvent?: OnLogoutProxyEvent,
): Promise<SharedLogout> {
  const revokeStored = async (stored: StoredTokens | undefined): Promise<TokensOutcome> => {
    if (stored) return revokeTokens(await complete(stored, hints, runStep), hints.front)
    emit(onEvent, { type: 'no_session', named: hints.named })
    // The page may have kept the ID token, which still ends the provider's own session.
    return { ...(await revokeTokens({ idToken: hints.idToken }, hints.front)), status: 'no_session' }
  }
  const readStored = () => runStep('read', async () => readTokens(await session.read(request)))
  /** Without a lock, a refresh may have put other tokens into the session while the first ones were revoked. */
  const revokeLater = async (
    first: StoredTokens,
    later: StepResult<StoredTokens | undefined>,
  ): Promise<TokensOutcome | undefined> => {
    if (!later.ok || !later.value || hasSameTokens(first, later.value)) return undefined
    return revokeTokens(await complete({ ...later.value, idToken: undefined }, NO_HINTS, runStep))
  }
  const end = async (locked: boolean): Promise<SharedLogout> => {
    const read = await readStored()
    let outcome = read.ok ? await revokeStored(read.value) : NO_TOKENS
    let later: StepResult<StoredTokens | undefined> | undefined
    if (read.ok && read.value && !session.lock) {
      later = await readStored()
      outcome = withLater(outcome, await revokeLater(read.value, later))
    }
    const cleared = await runStep('clear', async () => new Headers((await session.clear(request)) ?? {}))
    if (!cleared.ok) throw new HttpProblem('session_not_ended', 'The session could not be ended. Try again.')
    // Tokens that could not be read, or that a refresh replaced in the meantime, must be treated as still valid.
    const certain = read.ok && later?.ok !== false && locked
    const uncertain = { status: 'local_only', ...(outcome.listed && { listed: false }) } as const
    const idToken = read.ok ? read.value?.idToken : undefined
    return { ...outcome, ...(!certain && uncertain), headers: cleared.value, idToken }
  }
  if (!session.lock) return end(true)
  return underLock(async (run) => session.lock?.(request, run), end, runStep)
}

function hasSameTokens(one: StoredTokens, other: StoredTokens): boolean {
  return one.accessToken === other.accessToken && one.refreshToken === other.refreshToken
}

/** Adds the outcome for tokens that were found later. The worse status counts. */
function withLater(outcome: TokensOutcome, later: TokensOutcome | undefined): TokensOutcome {
  if (!later) return outcome
  const status = later.status === 'logged_out' || outcome.status === 'local_only' ? outcome.status : later.status
  return {
    ...outcome,
    status,
    revocations: [...outcome.revocations, ...later.revocations],
    ...(outcome.listed !== undefined && { listed: outcome.listed && later.listed === true }),
  }
}

/**
 * Copies the application's objects once, so that reading them cannot fail later. White space is not a token.
 *
 * @returns `undefined` if there is no session
 * @throws LogoutError `invalid_argument` if a token has another name: it would stay active, and the logout would look
 * complete
 */
function readTokens(stored: StoredTokens | null | undefined): StoredTokens | undefined {
  if (stored === undefined || stored === null) return undefined
  const { expiresAt, replacedAccessTokens } = stored
  return { ...(readSessionTokens(stored) as SessionTokens), expiresAt, replacedAccessTokens }
}

/** Adds the data from the page. A wrong expiry is reported and dropped: an outbox would refuse the tokens with it. */
async function complete(
  { idToken, expiresAt, ...tokens }: StoredTokens,
  hints: PageHints,
  runStep: RunStep,
): Promise<StoredTokens> {
  const expiry = await runStep('read', () => readExpiry(expiresAt))
  return { ...tokens, idToken: idToken ?? hints.idToken, expiresAt: expiry.ok ? expiry.value : undefined }
}

function readExpiry(expiresAt: number | Date | null | undefined): number | undefined {
  if (expiresAt === undefined || expiresAt === null) return undefined
  const timeMs = Number(expiresAt)
  // The year 1973 in milliseconds, and the year 5138 in seconds, in which OAuth counts.
  if (!(timeMs > 100_000_000_000)) {
    throw new TypeError('expiresAt must be a Date, or milliseconds (not seconds) since 1970.')
  }
  return timeMs
}
