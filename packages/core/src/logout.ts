import type { ClientCore } from './call.ts'
import { resolveLimits } from './call-options.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import {
  buildLogoutForm,
  buildLogoutUrl,
  type LogoutForm,
  type LogoutUrlOptions,
  type LogoutUrlPlan,
  planLogoutUrl,
} from './logout-url.ts'
import type { Provider } from './provider.ts'
import type { Revocation } from './revocation.ts'
import { loadVerify, type RevokeOptions, revoke } from './revoke.ts'
import { readSessionTokens, type SessionTokens } from './session-tokens.ts'
import type { Wait } from './time-limit.ts'
import { usableToken } from './token.ts'
import type { Activity } from './verify.ts'
import { verifyPatience } from './verify-patience.ts'

/**
 * Options of {@link LogoutClient.logout}. There is a logout URL with an ID token, or if one of the URL's options is
 * passed.
 */
export interface LogoutOptions extends Omit<RevokeOptions, 'tokenTypeHint'>, Omit<LogoutUrlOptions, 'idToken'> {}

/** Options with all of their members named: a spread would lose those that an object of the application inherits. */
type Complete<O> = { readonly [Name in keyof Required<O>]: O[Name] }

/** The outcome of a logout. */
export interface LogoutResult {
  /** True if every token was revoked. False if there was no token to revoke. */
  readonly revoked: boolean
  /**
   * True if there was no token to revoke, because the session has expired or this is the second click: nothing was
   * sent. If you did not expect that, check what the session stores and under which names.
   */
  readonly nothingToRevoke: boolean
  /** The outcome for each token, in the order in which they were revoked: refresh token first. */
  readonly tokens: readonly Revocation[]
  /**
   * Address for the user's browser, to end the provider's own session. Missing if the provider did not respond at all:
   * the user then stays with the application.
   */
  readonly logoutUrl?: URL
  /** The same as a form to post, in case the URL is too long; only for `kind` `oidc`. */
  readonly logoutForm?: LogoutForm
  /**
   * Reason why there is no `logoutUrl`: {@link LogoutError} `invalid_argument`, `endpoint_missing`, one of discovery,
   * or `network` or `timeout` if the provider did not respond.
   */
  readonly logoutUrlError?: LogoutError
}

/** Revokes the tokens of a session, one after the other, and reports the outcome of each. */
export async function logout(
  core: ClientCore,
  given: SessionTokens | null | undefined,
  options: LogoutOptions = {},
): Promise<LogoutResult> {
  const { accessToken, refreshToken, idToken } = readSessionTokens(given)
  const { token } = (given ?? {}) as { readonly token?: unknown }
  if (accessToken === undefined && readSessionTokens({ accessToken: token }).accessToken !== undefined) {
    invalidOption('token', 'is not the name of a token here: pass it as accessToken.', 'invalid_argument')
  }
  const present = [['refresh_token', refreshToken] as const, ['access_token', accessToken] as const].filter(
    ([, token]) => token !== undefined,
  )
  // Options are checked before anything is sent.
  verifyPatience(options.verify)
  const plan = planUrl(core, idToken, options)
  const { signal, verify } = options
  const { clock } = core.options
  const limits = resolveLimits(options, { ...core.options.limits, deadlineMs: core.options.logoutDeadlineMs })
  const deadlineAt = clock.now() + limits.deadlineMs
  // A provider may mention one token of a session in its response about another.
  const secrets = [accessToken, refreshToken, idToken].filter((token) => typeof token === 'string')
  const masked: ClientCore = { ...core, secrets }
  const askFirst = async ([hint, token]: (typeof present)[number]): Promise<Activity> => {
    const part = await loadVerify(core.options).catch((error: LogoutError) => error)
    if (isLogoutError(part)) return part
    const { askAbout, askBefore } = part
    const usable = usableToken(token, core.options.appId, hint)
    return typeof usable === 'string' ? askBefore(askAbout(masked, usable, hint, signal), limits) : usable
  }
  // All of them before any is revoked, because revoking the refresh token may also revoke the access token.
  const activity = verify ? await Promise.all(present.map(askFirst)) : []
  const revocations: Revocation[] = []
  for (const [index, [tokenTypeHint, token]] of present.entries()) {
    // A provider that hangs on the first token must leave time for the second.
    const deadlineMs = Math.max(1, (deadlineAt - clock.now()) / (present.length - index))
    const context = { before: activity[index], idToken }
    const each: Complete<RevokeOptions> = { ...limits, deadlineMs, signal, verify, tokenTypeHint }
    const { revocation } = await revoke(masked, token, each, context)
    revocations.push(revocation)
  }
  const front = await frontChannel(silence(revocations) ?? plan, core.provider, { deadlineAt, signal })
  return {
    revoked: revocations.length > 0 && revocations.every(({ revoked }) => revoked),
    nothingToRevoke: revocations.length === 0,
    tokens: revocations,
    ...front,
  }
}

/**
 * Made once, with the stack of the first such call: every logout from an outbox has it, and to record a stack takes a tenth
 * of the time of a logout.
 */
let withoutIdToken: LogoutError | undefined

/** Plans the logout URL, or returns the reason why there is no URL. The tokens are revoked in any case. */
function planUrl(core: ClientCore, idToken: unknown, options: LogoutOptions): LogoutUrlPlan | LogoutError {
  const { redirectUri, state, kind, extraParameters } = options
  const url: Complete<LogoutUrlOptions> = { redirectUri, state, kind, extraParameters, idToken: idToken as string }
  if (idToken !== undefined) return planLogoutUrl(core.options, url)
  if ([redirectUri, state, kind, extraParameters].every((option) => option === undefined)) {
    const message = 'There is no logout URL without idToken, unless an option for it is passed, such as redirectUri.'
    withoutIdToken ??= new LogoutError('invalid_argument', message, { option: 'idToken' })
    return withoutIdToken
  }
  try {
    return planLogoutUrl(core.options, url)
  } catch (error) {
    if (isLogoutError(error)) return error
    throw error
  }
}

/** The reason not to send the user to the provider: it did not respond at all, so its page would not load. */
function silence(revocations: readonly Revocation[]): LogoutError | undefined {
  const [last] = revocations.map(({ error }) => error).slice(-1)
  if (!last || revocations.some(({ status, error }) => status !== undefined || !SILENT.has(error?.code)))
    return undefined
  const message =
    'The provider did not respond, so there is no logout URL: the user would end up on a page that does not load. ' +
    'Stay on a page of the application; buildLogoutUrl() builds the URL in any case.'
  return new LogoutError(last.code, message, { cause: last })
}

const SILENT: ReadonlySet<string | undefined> = new Set(['network', 'timeout'])

/** Builds the URL that ends the provider's session in the browser; if that fails, returns the reason. */
async function frontChannel(
  plan: LogoutUrlPlan | LogoutError,
  provider: Provider,
  wait: Wait,
): Promise<Pick<LogoutResult, 'logoutUrl' | 'logoutForm' | 'logoutUrlError'>> {
  if (isLogoutError(plan)) return { logoutUrlError: plan }
  try {
    await provider.endpoints(wait)
    const logoutUrl = buildLogoutUrl(plan, provider)
    return { logoutUrl, ...(plan.page === undefined && { logoutForm: buildLogoutForm(plan, provider) }) }
  } catch (error) {
    if (isLogoutError(error)) return { logoutUrlError: error }
    throw error
  }
}
