import type { ClientCore } from './call.ts'
import { resolveLimits } from './call-options.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { invalidOption } from './invalid-option.ts'
import { buildLogoutUrl, type LogoutUrlOptions, type LogoutUrlPlan, planLogoutUrl } from './logout-url.ts'
import type { Provider } from './provider.ts'
import type { Revocation } from './revocation.ts'
import { type RevokeOptions, revoke } from './revoke.ts'
import type { Wait } from './time-limit.ts'
import { usableToken } from './token.ts'
import { type Activity, askAbout, askBefore, verifyPatience } from './verify.ts'

/** The tokens of one session. Those that the application does not have are left out. */
export interface SessionTokens {
  /** Revoked last. */
  readonly accessToken?: string | undefined
  /** Revoked first. With rotation, the latest one. */
  readonly refreshToken?: string | undefined
  /** Not revoked, as ID tokens cannot be; it goes into the logout URL. */
  readonly idToken?: string | undefined
}

/** Options of {@link LogoutClient.logout}; those about the logout URL are used when there is an ID token. */
export interface LogoutOptions extends Omit<RevokeOptions, 'tokenTypeHint'>, Omit<LogoutUrlOptions, 'idToken'> {}

/** What became of a session. */
export interface LogoutResult {
  /** Whether every token was revoked; `false` also where there was none to revoke. */
  readonly revoked: boolean
  /** What became of each token, in the order in which they were revoked: refresh token first. */
  readonly tokens: readonly Revocation[]
  /** Where to send the user's browser to end the provider's own session; there is one only with an ID token. */
  readonly logoutUrl?: URL
}

/** Revokes the tokens of a session, one after the other, and reports on each. */
export async function logout(
  core: ClientCore,
  tokens: SessionTokens,
  options: LogoutOptions = {},
): Promise<LogoutResult> {
  const present = revocableTokens(tokens)
  const { accessToken, refreshToken, idToken } = tokens
  if (!present.length && !idToken) {
    throw new LogoutError('invalid_argument', 'There is nothing to log out: pass accessToken, refreshToken or idToken.')
  }
  // Wrong options come to light before anything is sent.
  verifyPatience(options.verify)
  const plan = idToken ? planLogoutUrl(core.options, { ...options, idToken }) : undefined
  const { clock } = core.options
  const limits = resolveLimits(options, core.options.limits)
  const deadlineAt = clock.now() + limits.deadlineMs
  // A provider may mention one token of a session in its response about another.
  const secrets = [accessToken, refreshToken, idToken].filter((token) => typeof token === 'string')
  const masked: ClientCore = { ...core, secrets }
  const askFirst = async ([hint, token]: PresentToken): Promise<Activity> => {
    const usable = usableToken(token, core.options.appId)
    return typeof usable === 'string' ? askBefore(askAbout(masked, usable, hint, options.signal), limits) : usable
  }
  // All of them before any is revoked: the end of the refresh token may be the end of the access token.
  const activity = options.verify ? await Promise.all(present.map(askFirst)) : []
  const revocations: Revocation[] = []
  for (const [index, [tokenTypeHint, token]] of present.entries()) {
    // A provider that hangs on the first token must leave time for the second.
    const deadlineMs = Math.max(1, (deadlineAt - clock.now()) / (present.length - index))
    const context = { before: activity[index] }
    const { revocation } = await revoke(masked, token, { ...options, tokenTypeHint, deadlineMs }, context)
    revocations.push(revocation)
  }
  const logoutUrl = plan && (await urlWherePossible(plan, core.provider, { deadlineAt, signal: options.signal }))
  return {
    revoked: revocations.length > 0 && revocations.every(({ revoked }) => revoked),
    tokens: revocations,
    ...(logoutUrl && { logoutUrl }),
  }
}

type PresentToken = readonly [hint: 'refresh_token' | 'access_token', token: unknown]

/** The tokens that can be revoked. The refresh token first: as long as it is active, it makes new access tokens. */
function revocableTokens(tokens: SessionTokens): PresentToken[] {
  if (typeof tokens !== 'object' || tokens === null) {
    invalidOption('tokens', 'must be an object.', 'invalid_argument')
  }
  const session: readonly PresentToken[] = [
    ['refresh_token', tokens.refreshToken],
    ['access_token', tokens.accessToken],
  ]
  return session.filter(([, token]) => token !== undefined && token !== null)
}

/** The logout URL, where the provider has one; the report on the tokens is worth having without it. */
async function urlWherePossible(plan: LogoutUrlPlan, provider: Provider, wait: Wait): Promise<URL | undefined> {
  try {
    await provider.endpoints(wait)
    return buildLogoutUrl(plan, provider)
  } catch (error) {
    if (isLogoutError(error)) return undefined
    throw error
  }
}
