import {
  isLogoutError,
  type LogoutResult,
  type Revocation,
  revocationEntryOf,
  type SessionTokens,
} from '@backend-logout/core'
import type { LogoutStatus } from './contract.ts'
import { asksForUrl, type FrontChannel, type FrontChannelRequest, readFrontChannel } from './front-channel.ts'
import type { HandlerSettings, PendingTokens } from './options.ts'
import type { StoredTokens } from './session.ts'
import type { RunStep, StepResult } from './step.ts'

/** The outcome for a session's tokens. */
export interface TokensOutcome extends FrontChannel {
  readonly status: LogoutStatus
  /** Outcome of each token at the provider, refresh token first. */
  readonly revocations: readonly Revocation[]
  /** True if all access tokens are on the revocation list. Missing if there is no list. */
  readonly listed?: boolean
}

/** Revokes tokens with the client and the outbox of one handler. It never rejects. */
export type RevokeTokens = (tokens: StoredTokens, front?: FrontChannelRequest) => Promise<TokensOutcome>

/** Maximum number of tokens replaced by refreshes that are put on the revocation list. */
const MAX_REPLACED = 100

/** The outcome if there was nothing to revoke. */
export const NO_TOKENS: TokensOutcome = { status: 'logged_out', revocations: [] }

/**
 * Creates a {@link RevokeTokens}, which gives the client `revokeTimeoutMs`, then adds the remaining tokens to the
 * outbox.
 *
 * While it runs, the tokens are still in the session, and the remaining ones are in the outbox before it resolves. If
 * the session is cleared only after that, no token is lost, not even if the process ends before that.
 */
export function createRevokeTokens(settings: HandlerSettings, runStep: RunStep): RevokeTokens {
  const { client, outbox, revocations, revokeTimeoutMs } = settings
  // A little less, so that the client can report on each token before the time is up.
  const deadlineMs = Math.max(1, revokeTimeoutMs * 0.95)

  const revoke = (tokens: SessionTokens, front: FrontChannelRequest = {}): Promise<StepResult<Report>> =>
    runStep(
      'revoke',
      async () => {
        const result = await client.logout(tokens, { deadlineMs, ...front })
        return readReport(result, tokens.idToken !== undefined || asksForUrl(front))
      },
      revokeTimeoutMs,
    )

  const list = async (stored: StoredTokens): Promise<{ readonly listed?: boolean }> => {
    if (!revocations) return {}
    const read = await runStep('read', () => accessTokensOf(stored).map((token) => revocationEntryOf(token)))
    const named = read.ok ? read.value : [undefined]
    const entries = named.filter((entry) => entry !== undefined)
    const appended = entries.length === 0 || (await runStep('list', () => revocations.append(entries))).ok
    return { listed: appended && entries.length === named.length }
  }

  const revokeAtProvider = async (
    { accessToken, refreshToken, idToken, expiresAt }: StoredTokens,
    front: FrontChannelRequest,
  ): Promise<TokensOutcome> => {
    const tokens = { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) }
    const revocable = Object.keys(tokens).length > 0
    if (!revocable && !idToken && !asksForUrl(front)) return NO_TOKENS
    let attempt = await revoke(idToken ? { ...tokens, idToken } : tokens, front)
    // Nothing was sent. An error in the logout URL affects only the URL, not the logout.
    if (!attempt.ok && revocable && isInvalidArgument(attempt.error)) attempt = await revoke(tokens)

    const { revocations, channel, revoked, hopeless, retriable } = attempt.ok ? attempt.value : NO_REPORT
    if (revoked || !revocable) return { status: 'logged_out', revocations, ...channel }
    const pending: PendingTokens = {
      ...(refreshToken && retriable.has('refresh_token') && { refreshToken }),
      ...(accessToken && retriable.has('access_token') && { accessToken }),
      ...(expiresAt !== undefined && { expiresAt }),
      revocations: [...retriable.values()].filter((revocation) => revocation !== undefined),
    }
    const durable =
      (pending.refreshToken || pending.accessToken) && outbox && (await runStep('queue', () => outbox.add(pending))).ok
    return { status: durable && !hopeless ? 'queued' : 'local_only', revocations, ...channel }
  }

  return async (stored, front = {}) => {
    // First, so that the application's own services refuse the tokens whatever the provider does, and however slowly.
    const listed = await list(stored)
    return { ...(await revokeAtProvider(stored, front)), ...listed }
  }
}

/** The application may keep some from before a refresh. */
function accessTokensOf({ accessToken, replacedAccessTokens }: StoredTokens): string[] {
  const replaced = replacedAccessTokens ?? []
  if (!Array.isArray(replaced) || replaced.length > MAX_REPLACED) {
    throw new TypeError(`replacedAccessTokens must be a list of at most ${MAX_REPLACED} tokens.`)
  }
  return accessToken ? [accessToken, ...replaced] : [...replaced]
}

/** Result of the client. */
interface Report {
  readonly revocations: readonly Revocation[]
  readonly channel: FrontChannel
  /** True if all tokens were revoked. */
  readonly revoked: boolean
  /** True if there is a token that a retry cannot revoke. */
  readonly hopeless: boolean
  /** The types of the tokens that the outbox can retry, with the state of each. */
  readonly retriable: ReadonlyMap<string, Revocation | undefined>
}

const NO_REPORT: Report = {
  revocations: [],
  channel: {},
  revoked: false,
  hopeless: false,
  retriable: new Map([
    ['refresh_token', undefined],
    ['access_token', undefined],
  ]),
}

function readReport(result: LogoutResult, expectsUrl: boolean): Report {
  const { revoked, tokens } = result
  const revocations = Object.freeze([...tokens])
  const channel = readFrontChannel(result, expectsUrl)
  const left = revocations.filter((revocation) => !revocation.revoked)
  if (left.length === 0) return { ...NO_REPORT, revocations, channel, revoked: revoked === true }
  const retriable = left.filter((revocation) => !isHopeless(revocation))
  return {
    revocations,
    channel,
    revoked: false,
    hopeless: retriable.length < left.length,
    retriable: new Map(retriable.map((revocation) => [revocation.tokenType ?? '', revocation])),
  }
}

/** True if a retry cannot help: the provider never revokes this kind of token, or the value cannot be a token. */
function isHopeless({ state, error }: Revocation): boolean {
  return state === 'unsupported' || error?.code === 'invalid_argument'
}

function isInvalidArgument(error: unknown): boolean {
  try {
    return isLogoutError(error) && error.code === 'invalid_argument'
  } catch {
    // A third party's client may throw anything.
    return false
  }
}
