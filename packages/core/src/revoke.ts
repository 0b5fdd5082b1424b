import { type Outcome, refused } from './attempts.ts'
import { type Call, type ClientCore, startCall, tell } from './call.ts'
import { postTo } from './endpoint.ts'
import type { LogoutError } from './errors.ts'
import type { CallOptions } from './options.ts'
import type { Revocation, TokenTypeHint } from './revocation.ts'
import { checkHint, unusableToken } from './token.ts'
import { judgeRevocation } from './verdict.ts'
import {
  type Activity,
  askBefore,
  type Verification,
  verifyAfter,
  verifyAfterFailure,
  verifyPatience,
} from './verify.ts'

/** Options of one revocation. */
export interface RevokeOptions extends CallOptions {
  /** Tells the provider where to look first. It only saves the provider time; a wrong one does no harm (RFC 7009 §2.1). */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Whether to make sure by introspection: the token must be active before and inactive after. While it is still
   * active, the question is asked again for up to 5 seconds, or as long as `withinMs` says, within the deadline. When
   * the revocation itself fails, the question is asked once more, as the token may be dead all the same.
   * @default false
   */
  readonly verify?: boolean | { readonly withinMs?: number | undefined } | undefined
}

/** What a revocation that is part of something larger knows or does differently. */
export interface RevokeContext extends Partial<Pick<Call, 'handsBackThrottling'>> {
  /** What introspection said before anything of this session was revoked. */
  readonly before?: Activity | undefined
}

/**
 * Revokes one token and reports what is known about it then. Rejects only for arguments that make no sense at all for
 * any token; whatever happens to this one, its own unusability included, is in the report.
 */
export async function revoke(
  core: ClientCore,
  token: unknown,
  options: RevokeOptions = {},
  { before, handsBackThrottling }: RevokeContext = {},
): Promise<Revocation> {
  const { tokenTypeHint: hint, verify } = options
  checkHint(hint)
  const patienceMs = verifyPatience(verify)
  const unusable = unusableToken(token, core.options.appId)
  const started = startCall(core, 'revoke', options, unusable ? undefined : (token as string), handsBackThrottling)
  const call = 'then' in started ? await started : started
  const mustAsk = patienceMs !== undefined && before === undefined && !unusable
  const known = mustAsk ? await askBefore(core, token, hint, options) : before
  const outcome = unusable ? refused(unusable) : await postRevocation(call, token as string, hint)
  const { attempts } = outcome
  const { status, requestId } = outcome.ok ? outcome : outcome.error
  const handedBack = handsBackThrottling && !outcome.ok && isThrottled(outcome.error)
  let { state, error }: Verification = outcome.ok ? { state: 'accepted' } : outcome
  if (outcome.ok && patienceMs !== undefined && known !== undefined) {
    ;({ state, error } = await verifyAfter(call, token as string, hint, known, patienceMs, outcome))
  } else if (!outcome.ok && known === true && !handedBack) {
    ;({ state, error } = await verifyAfterFailure(call, token as string, hint, outcome))
  }
  const durationMs = core.options.clock.now() - call.startedAt
  // Handed back is not an outcome: the same token comes again.
  if (!handedBack)
    tell(call, () => ({ type: 'outcome', state, attempts, durationMs, status, requestId, code: error?.code }))
  const revocation: { -readonly [K in keyof Revocation]: Revocation[K] } = {
    state,
    revoked: state === 'accepted' || state === 'verified',
    attempts,
    durationMs,
  }
  if (hint !== undefined) revocation.tokenType = hint
  if (status !== undefined) revocation.status = status
  if (requestId !== undefined) revocation.requestId = requestId
  if (error) revocation.error = error
  return revocation
}

function postRevocation(call: Call, token: string, hint: TokenTypeHint | undefined): Promise<Outcome> {
  return postTo(call, {
    endpoint: 'revocation',
    judge: judgeRevocation,
    post: (init, credential) =>
      call.core.api.POST('/token/revocation', {
        ...init,
        body: { token, ...(hint !== undefined && { token_type_hint: hint }), ...credential },
      }),
  })
}

/** Whether the provider wants the client as a whole to slow down, rather than this token to be tried again. */
export function isThrottled(error: LogoutError | undefined): boolean {
  return error?.code === 'rate_limited' || (error?.code === 'provider_unavailable' && error.retryAfterMs !== undefined)
}
