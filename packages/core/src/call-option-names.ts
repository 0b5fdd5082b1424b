import type { CallOptions } from './call-options.ts'
import type { IntrospectOptions } from './introspect.ts'
import type { LogoutOptions } from './logout.ts'
import type { LogoutUrlOptions } from './logout-url.ts'
import type { RevokeOptions } from './revoke.ts'
import type { RevokeManyOptions } from './revoke-many.ts'
import type { Names } from './unknown-option.ts'

const CALL: Names<CallOptions> = { timeoutMs: true, deadlineMs: true, retries: true, signal: true }
const REVOKE: Names<RevokeOptions> = { ...CALL, tokenTypeHint: true, verify: true }
const LOGOUT_URL: Names<Omit<LogoutUrlOptions, 'idToken'>> = {
  redirectUri: true,
  state: true,
  kind: true,
  extraParameters: true,
}

/** The options of each call. */
export const CALLS: {
  readonly discover: Names<CallOptions>
  readonly revokeToken: Names<RevokeOptions>
  readonly revokeTokens: Names<RevokeManyOptions>
  readonly introspectToken: Names<IntrospectOptions>
  readonly buildLogoutUrl: Names<LogoutUrlOptions>
  readonly logout: Names<LogoutOptions>
} = {
  discover: CALL,
  revokeToken: REVOKE,
  revokeTokens: { ...REVOKE, concurrency: true, pacer: true },
  introspectToken: { ...CALL, tokenTypeHint: true, strict: true },
  buildLogoutUrl: { ...LOGOUT_URL, idToken: true },
  logout: { ...CALL, ...LOGOUT_URL, verify: true },
}
