import { postTo } from './authenticated-post.ts'
import { type ClientCore, emitCall, startCall } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { components } from './generated/provider.ts'
import type { TokenTypeHint } from './revocation.ts'
import { checkHint, usableToken } from './token.ts'
import { judgeIntrospection } from './verdict.ts'

/**
 * The provider's response for a token. `active` is always present; the rest only for an active token, and not with
 * every provider. Nonstandard members are kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 §2.2}
 */
export interface Introspection extends Readonly<components['schemas']['IntrospectionResponse']> {}

/** Options of one introspection. */
export interface IntrospectOptions extends CallOptions {
  /** A hint that helps the provider find the token faster. */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /** GenAuth only: also report the tokens of deleted or suspended users as inactive. */
  readonly strict?: boolean | undefined
}

/** Checks a token and introspects it. */
export async function introspect(
  core: ClientCore,
  token: unknown,
  options: IntrospectOptions = {},
): Promise<Introspection> {
  checkHint(options.tokenTypeHint)
  const usable = usableToken(token, core.options.appId, options.tokenTypeHint)
  if (typeof usable !== 'string') throw usable
  return await askProvider(core, usable, options)
}

/** Introspects a token that was already checked. */
export async function askProvider(
  core: ClientCore,
  token: string,
  options: IntrospectOptions,
  deferThrottling = false,
): Promise<Introspection> {
  const { tokenTypeHint: hint, strict } = options
  const call = await startCall(core, 'introspect', options, token, deferThrottling)
  const outcome = await postTo(core, call, {
    endpoint: 'introspection',
    judge: judgeIntrospection,
    post: (credential, to) =>
      core.api.POST('/token/introspection', {
        parseAs: 'stream',
        to,
        body: {
          token,
          ...(hint !== undefined && { token_type_hint: hint }),
          ...(strict !== undefined && { strict }),
          ...credential,
        },
      }),
  })
  const { attempts } = outcome
  const { status, requestId } = outcome.ok ? outcome : outcome.error
  const code = outcome.ok ? undefined : outcome.error.code
  const durationMs = core.options.clock.now() - call.startedAt
  emitCall(call, () => ({ type: 'outcome', attempts, durationMs, status, requestId, code }))
  if (!outcome.ok) throw outcome.error
  return outcome.json
}
