import { type ClientCore, startCall, tell } from './call.ts'
import { postTo } from './endpoint.ts'
import type { components } from './generated/provider.ts'
import type { CallOptions } from './options.ts'
import type { TokenTypeHint } from './revocation.ts'
import { checkHint, unusableToken } from './token.ts'
import { judgeIntrospection } from './verdict.ts'

/**
 * What the provider says about a token. `active` is always there; the rest only for an active token, and not with every
 * provider. Members that the standard does not know are kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 §2.2}
 */
export interface Introspection extends Readonly<components['schemas']['IntrospectionResponse']> {}

/** Options of one introspection. */
export interface IntrospectOptions extends CallOptions {
  /** Tells the provider where to look first. */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /** GenAuth only: also call the tokens of deleted or suspended users inactive. */
  readonly strict?: boolean | undefined
}

/** Asks the provider about a token. */
export async function introspect(
  core: ClientCore,
  token: unknown,
  options: IntrospectOptions = {},
): Promise<Introspection> {
  const { tokenTypeHint: hint, strict } = options
  checkHint(hint)
  const unusable = unusableToken(token, core.options.appId)
  if (unusable) throw unusable
  const call = await startCall(core, 'introspect', options, token as string)
  const form = {
    token: token as string,
    ...(hint !== undefined && { token_type_hint: hint }),
    ...(strict !== undefined && { strict }),
  }
  const outcome = await postTo(call, {
    endpoint: 'introspection',
    judge: judgeIntrospection,
    post: (init, credential) => core.api.POST('/token/introspection', { ...init, body: { ...form, ...credential } }),
  })
  const { attempts } = outcome
  const { status, requestId } = outcome.ok ? outcome : outcome.error
  const durationMs = core.options.clock.now() - call.startedAt
  tell(call, () => ({
    type: 'outcome',
    attempts,
    durationMs,
    status,
    requestId,
    code: outcome.ok ? undefined : outcome.error.code,
  }))
  if (!outcome.ok) throw outcome.error
  return outcome.json as Introspection
}
