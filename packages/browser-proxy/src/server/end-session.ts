import { HttpProblem } from './http-problem.ts'
import { NO_TOKENS, type RevokeTokens, type TokensOutcome } from './revoke-tokens.ts'
import type { LogoutSession, StoredTokens } from './session.ts'
import { underLock } from './session-lock.ts'
import type { RunStep } from './step.ts'

/** A session that has ended, and the headers that make the browser forget it. */
export interface EndedSession extends TokensOutcome {
  readonly headers: Headers
}

/** What the page adds to its session. */
export interface PageHints {
  readonly idToken: string | undefined
  readonly redirectUri: string | undefined
}

/**
 * Ends the application's own session, and with it the tokens: read, revoke, clear, under the application's lock where
 * it has one. The session is cleared whatever becomes of the tokens, and last, because the tokens are in it until then.
 *
 * @throws HttpProblem when the session could not be cleared
 */
export async function endSession(
  request: Request,
  session: LogoutSession,
  hints: PageHints,
  revokeTokens: RevokeTokens,
  runStep: RunStep,
): Promise<EndedSession> {
  const end = async (locked: boolean): Promise<EndedSession> => {
    const read = await runStep('read', async () => readTokens(await session.read(request)))
    const outcome = read.ok
      ? await revokeTokens(await complete(read.value, hints, runStep), hints.redirectUri)
      : NO_TOKENS
    const cleared = await runStep('clear', async () => new Headers((await session.clear(request)) ?? {}))
    if (!cleared.ok) throw new HttpProblem('session_not_ended', 'The session could not be ended. Try again.')
    // Tokens that nobody could read, or that a refresh replaced in the meantime, must be treated as still valid.
    const certain = read.ok && locked
    const uncertain = { status: 'local_only', ...(outcome.listed && { listed: false }) } as const
    return { ...outcome, ...(!certain && uncertain), headers: cleared.value }
  }
  if (!session.lock) return end(true)
  return underLock(async (run) => session.lock?.(request, run), end, runStep)
}

/** Copies what the application keeps, once, so that nothing of it can fail later. */
function readTokens(stored: StoredTokens | null | undefined): StoredTokens {
  if (stored === undefined || stored === null) return {}
  if (typeof stored !== 'object') throw new TypeError('session.read must return the tokens as an object.')
  const { accessToken, refreshToken, idToken, expiresAt, replacedAccessTokens } = stored
  return { accessToken, refreshToken, idToken, expiresAt, replacedAccessTokens }
}

/** Adds what the page knows. A wrong expiry is reported and dropped: an outbox would refuse the tokens with it. */
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
