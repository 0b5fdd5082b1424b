import { emit, type LogoutStep } from './events.ts'
import type { HandlerSettings } from './options.ts'
import { Refusal } from './refusal.ts'
import { NO_TOKENS, type RevokeTokens, type TokensFate } from './revoke-tokens.ts'
import type { Awaitable, LogoutSession } from './session.ts'
import { within } from './time-limit.ts'

/** A session that has ended, and the headers that make the browser forget it. */
export interface EndedSession extends TokensFate {
  readonly headers: Headers
}

/** What the page adds to its session. */
export interface PageHints {
  readonly idToken: string | undefined
  readonly redirectUri: string | undefined
}

/**
 * Ends the application's own session, and with it the tokens: read, revoke, clear, under the application's lock where
 * it has one. The session is cleared whatever becomes of the tokens, and last: until then, they are in there.
 *
 * @throws Refusal when the session could not be cleared
 */
export async function endSession(
  request: Request,
  session: LogoutSession,
  hints: PageHints,
  revokeTokens: RevokeTokens,
  settings: HandlerSettings,
): Promise<EndedSession> {
  const { storeTimeoutMs, onEvent } = settings
  const step = async <T>(step: LogoutStep, run: () => Awaitable<T>): Promise<{ value: T } | undefined> => {
    try {
      return { value: await within(storeTimeoutMs, run) }
    } catch (error) {
      emit(onEvent, { type: 'failure', step, error })
      return undefined
    }
  }
  const work = async (locked: boolean): Promise<EndedSession> => {
    const read = await step('read', () => session.read(request))
    const tokens = { ...read?.value }
    const idToken = tokens.idToken ?? hints.idToken
    const fate = read ? await revokeTokens({ ...tokens, ...(idToken && { idToken }) }, hints.redirectUri) : NO_TOKENS
    const cleared = await step('clear', async () => new Headers((await session.clear(request)) ?? {}))
    if (!cleared) throw new Refusal('session_not_ended', 'The session could not be ended. Try again.')
    // Tokens that nobody could read, or that a refresh replaced meanwhile, must be taken for alive.
    const certain = read && locked
    return { ...fate, ...(!certain && { status: 'local_only' }), headers: cleared.value }
  }
  return session.lock ? underLock((run) => session.lock?.(request, run), work, settings) : work(true)
}

/** Does the work under the lock, or without it when there is none to be had in time: the session must end. */
async function underLock<T>(
  lock: (run: () => Promise<void>) => Promise<void> | undefined,
  work: (locked: boolean) => Promise<T>,
  { storeTimeoutMs, onEvent }: HandlerSettings,
): Promise<T> {
  let result: Promise<T> | undefined
  let givenUp = false
  const failed = (error: unknown): void => emit(onEvent, { type: 'failure', step: 'lock', error })
  try {
    await within(
      storeTimeoutMs,
      () =>
        new Promise<void>((acquired, reject) => {
          const run = async (): Promise<void> => {
            if (givenUp) return
            result ??= work(true)
            acquired()
            // Held until the work is done; how it ended is nothing to the lock.
            await result.catch(() => {})
          }
          new Promise<void>((done) => done(lock(run))).then(
            () => reject(new Error('session.lock ended without running the logout.')),
            (error: unknown) => (result ? failed(error) : reject(error)),
          )
        }),
    )
  } catch (error) {
    givenUp = true
    failed(error)
  }
  return result ?? work(false)
}
