import { isLogoutError, type LogoutClient, type LogoutEvent, type RevokeOptions } from '@backend-logout/core'
import type { Probe, Tokens } from './probe.ts'

/** One possible call: its name and its function. */
export interface Call {
  readonly call: string
  /** The tokens that a true success makes inactive. */
  readonly ends: readonly Probe['token'][]
  /** Calls the client, and summarizes its report. */
  operation(tokens: Tokens, client: LogoutClient, events: readonly LogoutEvent[]): Promise<string>
}

const HOPELESS_AFTER_MS = 300

export const revokeAccessToken: Call = revocation('access token')
export const revokeAccessTokenWithHint: Call = revocation('access token', { tokenTypeHint: 'access_token' })
export const revokeAccessTokenWithWrongHint: Call = revocation('access token', { tokenTypeHint: 'refresh_token' })
export const verifyAccessToken: Call = revocation('access token', { verify: { withinMs: HOPELESS_AFTER_MS } })

export const revokeRefreshToken: Call = revocation('refresh token')
export const revokeRefreshTokenWithHint: Call = revocation('refresh token', { tokenTypeHint: 'refresh_token' })
export const verifyRefreshToken: Call = revocation('refresh token', { verify: { withinMs: HOPELESS_AFTER_MS } })

/** A refresh token that was rotated since. */
export const revokeEarlierRefreshToken: Call = revocation('earlier refresh token')
export const revokeIdToken: Call = revocation('ID token')
export const revokeUnknownToken: Call = revocation('unknown token')
export const verifyUnknownToken: Call = revocation('unknown token', { verify: { withinMs: HOPELESS_AFTER_MS } })

export const logoutSession: Call = logout()
export const verifySession: Call = logout(true)

export const introspectAccessToken: Call = {
  call: 'introspectToken(access token)',
  ends: [],
  operation: ({ accessToken }, client) =>
    settle(client.introspectToken(accessToken).then(({ active }) => `active ${active}`)),
}

export const discover: Call = {
  call: 'discover()',
  ends: [],
  operation: (_tokens, client) =>
    settle(
      client
        .discover()
        .then((metadata) => (metadata?.revocation_endpoint ? 'revocation endpoint' : 'no revocation endpoint')),
    ),
}

const PICK: Readonly<Record<string, (tokens: Tokens) => string>> = {
  'access token': ({ accessToken }) => accessToken,
  'refresh token': ({ refreshToken }) => refreshToken,
  'earlier refresh token': ({ earlierRefreshToken = '' }) => earlierRefreshToken,
  'ID token': ({ idToken }) => idToken,
  'unknown token': () => 'nobody-has-ever-issued-this-token-0123456789',
}

/** Reports the result or the error code of `revokeToken()`, and the state behind it. */
function revocation(which: string, options?: RevokeOptions): Call {
  const { tokenTypeHint, verify } = options ?? {}
  const shown = tokenTypeHint ? `, { tokenTypeHint: '${tokenTypeHint}' }` : verify ? ', { verify: true }' : ''
  return {
    call: `revokeToken(${which}${shown})`,
    ends: which === 'access token' || which === 'refresh token' ? [which] : [],
    async operation(tokens, client, events) {
      const said = await settle(client.revokeToken(PICK[which]?.(tokens) ?? '', options))
      const states = events.flatMap((event) =>
        event.type === 'outcome' && event.operation === 'revoke' ? [event.state] : [],
      )
      return `${said}, ${states.join()}`
    },
  }
}

/** Reports the outcome of each token, and whether there is a logout URL. */
function logout(verify = false): Call {
  return {
    call: verify ? 'logout(session, { verify: true })' : 'logout(session)',
    ends: ['access token', 'refresh token'],
    async operation({ accessToken, refreshToken, idToken }, client) {
      const result = await client.logout(
        { accessToken, refreshToken, idToken: idToken || undefined },
        { verify: verify && { withinMs: HOPELESS_AFTER_MS } },
      )
      const fates = result.tokens.map(
        ({ tokenType, state, error }) => `${tokenType} ${state}${error ? ` (${error.code})` : ''}`,
      )
      return [String(result.revoked), ...fates, ...(result.logoutUrl ? ['logout URL'] : [])].join(', ')
    },
  }
}

async function settle(promise: Promise<unknown>): Promise<string> {
  try {
    return String(await promise)
  } catch (error) {
    if (isLogoutError(error)) return `throws ${error.code}`
    throw error
  }
}
