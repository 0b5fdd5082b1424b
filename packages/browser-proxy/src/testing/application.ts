import { createLogoutClient, type LogoutClientOptions } from '@backend-logout/core'
import type { Emulator } from '@backend-logout/emulator'
import {
  cookieSession,
  createLogoutHandler,
  type LogoutHandler,
  type LogoutHandlerOptions,
  type LogoutOutbox,
  type LogoutProxyEvent,
  type PendingTokens,
  type StoredTokens,
} from '../server/index.ts'
import { withContract } from './contract.ts'

export const ORIGIN = 'https://app.example.com'

/** An application with sessions in memory, in front of an emulator. */
export interface TestApplication {
  readonly handler: LogoutHandler
  readonly sessions: Map<string, StoredTokens>
  readonly events: LogoutProxyEvent[]
  /** Signs a user in at the provider and keeps the tokens in a session. */
  signIn(): Promise<{ cookie: string; id: string; accessToken: string; refreshToken: string; idToken: string }>
}

export function createApplication(
  provider: Emulator,
  options: Partial<LogoutHandlerOptions> = {},
  clientOptions: Partial<Omit<LogoutClientOptions, 'issuer' | 'endpoints' | 'appHost' | 'protocol'>> = {},
): TestApplication {
  const sessions = new Map<string, StoredTokens>()
  const events: LogoutProxyEvent[] = []
  const { appId, appSecret } = provider.app
  const client = createLogoutClient({ appId, appSecret, retries: 0, ...clientOptions, appHost: provider.appHost })
  const session = cookieSession({
    name: '__Host-session',
    read: (id) => sessions.get(id),
    clear: (id) => sessions.delete(id),
  })
  const onEvent = (event: LogoutProxyEvent): void => void events.push(event)
  const handler = withContract(createLogoutHandler({ client, session, onEvent, ...options }))
  const signIn: TestApplication['signIn'] = async () => {
    const { accessToken, refreshToken, idToken } = await provider.signIn()
    const id = crypto.randomUUID()
    sessions.set(id, { accessToken, refreshToken, idToken })
    return { cookie: `__Host-session=${id}`, id, accessToken, refreshToken, idToken }
  }
  return { handler, sessions, events, signIn }
}

/** A request as a page of the application sends it. */
export function logoutRequest(cookie?: string, body?: unknown): Request {
  const headers = new Headers({ origin: ORIGIN, 'sec-fetch-site': 'same-origin', 'x-logout-request': '1' })
  if (cookie) headers.set('cookie', cookie)
  if (body !== undefined) headers.set('content-type', 'application/json')
  return new Request(`${ORIGIN}/logout`, {
    method: 'POST',
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  })
}

/** An outbox in memory. */
export interface TestOutbox extends LogoutOutbox {
  readonly added: Omit<PendingTokens, 'revocations'>[]
  /** The reported revocations of the tokens in `added`. */
  readonly revocations: PendingTokens['revocations'][]
}

export function createTestOutbox(): TestOutbox {
  const added: TestOutbox['added'] = []
  const known: TestOutbox['revocations'] = []
  return {
    added,
    revocations: known,
    async add({ revocations, ...tokens }) {
      added.push(tokens)
      known.push(revocations)
    },
  }
}
