import type { ClientCore } from './call.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { type LogoutUrlOptions, planLogoutUrl } from './logout-url.ts'
import { resolveLimits } from './options.ts'
import type { Revocation } from './revocation.ts'
import { type RevokeOptions, revoke } from './revoke.ts'
import { askBefore, verifyPatience } from './verify.ts'

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
  /** The fate of each token, in the order in which they were revoked: refresh token first. */
  readonly tokens: readonly Revocation[]
  /** Where to send the user's browser to end the provider's own session; there is one only with an ID token. */
  readonly logoutUrl?: URL
}

/** Revokes what a session has, one token after the other, and reports on each. */
export async function logout(
  core: ClientCore,
  tokens: SessionTokens,
  options: LogoutOptions = {},
): Promise<LogoutResult> {
  if (typeof tokens !== 'object' || tokens === null)
    throw new LogoutError('invalid_argument', 'tokens must be an object.', { option: 'tokens' })
  // The refresh token first: as long as it lives, it makes new access tokens.
  const session = [
    ['refresh_token', tokens.refreshToken],
    ['access_token', tokens.accessToken],
  ] as const
  const present = session.filter(([, token]) => token !== undefined && token !== null)
  if (!present.length && !tokens.idToken) {
    throw new LogoutError('invalid_argument', 'There is nothing to log out: pass accessToken, refreshToken or idToken.')
  }
  // Wrong options come to light before anything is sent.
  verifyPatience(options.verify)
  const makeUrl = tokens.idToken ? planLogoutUrl(core, { ...options, idToken: tokens.idToken }) : undefined
  const { clock } = core.options
  const { deadlineMs } = resolveLimits(options, core.options.limits)
  const deadlineAt = clock.now() + deadlineMs
  // A provider may mention one token of a session in its answer about another.
  const { accessToken, refreshToken, idToken } = tokens
  const secrets = [accessToken, refreshToken, idToken].filter((token) => typeof token === 'string')
  const masked: ClientCore = { ...core, secrets }
  // Asked about all of them first: the end of the refresh token may be the end of the access token.
  const activity = options.verify
    ? await Promise.all(present.map(([hint, token]) => askBefore(masked, token, hint, { ...options, deadlineMs })))
    : []
  const revocations: Revocation[] = []
  for (const [index, [tokenTypeHint, token]] of present.entries()) {
    // A provider that hangs on the first token must leave time for the second.
    const share = Math.max(1, (deadlineAt - clock.now()) / (present.length - index))
    revocations.push(
      await revoke(masked, token, { ...options, tokenTypeHint, deadlineMs: share }, { before: activity[index] }),
    )
  }
  const url = makeUrl && (await urlWherePossible(core, makeUrl, deadlineAt, options.signal))
  return {
    revoked: revocations.length > 0 && revocations.every(({ revoked }) => revoked),
    tokens: revocations,
    ...(url && { logoutUrl: url }),
  }
}

/** The logout URL, where the provider has one; the tokens' fate is worth reporting without it too. */
async function urlWherePossible(
  core: ClientCore,
  makeUrl: () => URL,
  deadlineAt: number,
  signal: AbortSignal | undefined,
): Promise<URL | undefined> {
  try {
    await core.provider.endpoints(core, { core, deadlineAt, signal })
    return makeUrl()
  } catch (error) {
    if (isLogoutError(error)) return undefined
    throw error
  }
}
