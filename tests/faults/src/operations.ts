import {
  type CallOptions,
  isLogoutError,
  type LogoutClient,
  type LogoutError,
  type LogoutEvent,
  type RevocationState,
} from '@backend-logout/core'
import type { Canaries } from './canaries.ts'

/** The outcome of an operation for one token. */
export interface Fate {
  readonly token: string
  /** Missing for introspection, which does not revoke. */
  readonly state?: RevocationState | undefined
  readonly revoked?: boolean | undefined
  readonly attempts?: number | undefined
  readonly error?: LogoutError | undefined
}

/** An operation of the client that sends tokens. */
export interface Operation {
  readonly name: 'revokeToken' | 'logout' | 'introspectToken'
  /** Below `{appHost}/oidc`. */
  readonly path: string
  readonly clientAuth: 'client_secret_post' | 'client_secret_basic'
  /** The tokens that it sends, in this order. */
  readonly tokens: (canaries: Canaries) => string[]
  /** Runs it; meanwhile, the client's `onEvent` adds to `events`. */
  readonly run: (
    client: LogoutClient,
    canaries: Canaries,
    options: CallOptions,
    events: readonly LogoutEvent[],
  ) => Promise<Fate[]>
}

/** The reason of a rejected promise, which must be a LogoutError; `undefined` if it did not reject. */
async function failureOf(work: Promise<unknown>): Promise<LogoutError | undefined> {
  try {
    await work
  } catch (error) {
    if (isLogoutError(error)) return error
    throw error
  }
  return undefined
}

/** Each operation once. Together, they use both ways of sending a client secret. */
export const operations: readonly Operation[] = [
  {
    name: 'revokeToken',
    path: '/token/revocation',
    clientAuth: 'client_secret_post',
    tokens: ({ accessToken }) => [accessToken],
    async run(client, { accessToken: token }, options, events) {
      let revoked: boolean | undefined
      const error = await failureOf(
        client.revokeToken(token, options).then((value) => {
          revoked = value
        }),
      )
      const outcome = events.find((event) => event.type === 'outcome')
      return [{ token, state: outcome?.state, revoked: revoked ?? false, attempts: outcome?.attempts, error }]
    },
  },
  {
    name: 'logout',
    path: '/token/revocation',
    clientAuth: 'client_secret_basic',
    tokens: ({ refreshToken, accessToken }) => [refreshToken, accessToken],
    async run(client, { appSecret: _, ...session }, options) {
      const { tokens, revoked, logoutUrl, logoutUrlError } = await client.logout(session, options)
      if (revoked !== tokens.every((token) => token.revoked)) throw new Error('logout() contradicts itself.')
      // Users are not sent to a provider that does not respond.
      const silent = tokens.some(({ error }) => error?.code === 'network' || error?.code === 'timeout')
      if (!logoutUrl && !(silent && logoutUrlError))
        throw new Error('logout() must return the logout URL, or the reason why there is none.')
      const sent = { refresh_token: session.refreshToken, access_token: session.accessToken }
      return tokens.map(({ tokenType, state, revoked, attempts, error }) => {
        const token = sent[tokenType as keyof typeof sent]
        return { token, state, revoked, attempts, error }
      })
    },
  },
  {
    name: 'introspectToken',
    path: '/token/introspection',
    clientAuth: 'client_secret_post',
    tokens: ({ accessToken }) => [accessToken],
    async run(client, { accessToken: token }, options, events) {
      const error = await failureOf(client.introspectToken(token, options))
      const attempts = events.find((event) => event.type === 'outcome')?.attempts
      return [{ token, attempts, error }]
    },
  },
]
