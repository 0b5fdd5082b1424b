import { beforeEach } from 'vitest'
import {
  createGenAuthWebhookHandler,
  type GenAuthWebhookHandler,
  type GenAuthWebhookOptions,
} from '../genauth/index.ts'
import type { LogoutEntry, ReceiverEvent } from '../index.ts'
import { createMemorySessionIndex } from '../memory-session-index.ts'

/** The issuer of the logins. */
export const ISSUER = 'https://example.genauth.ai/oidc'
/** The request key. */
export const SECRET = 'the-request-key-of-the-console'
/** The application. */
export const APP = '62f20932716fbcc10d966ee5'
/** The handler's address. */
export const ADDRESS = 'https://app.example.com/genauth-webhooks'

/** The sessions that have not ended. */
export let live: Set<string>
/** The events of the handlers. */
export let events: ReceiverEvent[]
/** The logouts in the outbox. */
export let added: unknown[]
/** The entries of the revocation list. */
export let listed: LogoutEntry[]
/** Empties everything before each test of a file. */
export function setUpWebhooks(): void {
  beforeEach(() => {
    live = new Set()
    events = []
    added = []
    listed = []
  })
}

/** The time, in seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)

/** A handler, with two sessions of alice and one of bob. */
export async function handlerFor(changes: Partial<GenAuthWebhookOptions> = {}): Promise<GenAuthWebhookHandler> {
  const sessions = createMemorySessionIndex({
    tokens: (id) => ({ accessToken: `a${id}`, refreshToken: `r${id}`, scope: 'offline_access' }),
    end: (id) => live.delete(id),
  })
  for (const [id, sub] of Object.entries({ 1: 'alice', 2: 'alice', 3: 'bob' })) {
    live.add(id)
    await sessions.add(id, { iss: changes.issuer || ISSUER, sub, iat: now() - 60 })
  }
  return createGenAuthWebhookHandler({
    issuer: ISSUER,
    appId: APP,
    secret: SECRET,
    sessions,
    outbox: { add: async (tokens) => added.push(tokens) },
    revocations: { append: async (entries) => listed.push(...entries) },
    onEvent: (event) => events.push(event),
    ...changes,
  })
}

/** A webhook. */
export const request = (body: unknown, headers: object = {}, init: RequestInit = {}): Request => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = { 'content-type': 'application/json', 'x-genauth-token': SECRET, ...headers }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return new Request(ADDRESS, { method: 'POST', headers: Object.fromEntries(given), body: text, ...init })
}

/** The status of the response to a webhook. */
export const ask = async (
  body: unknown,
  headers: object = {},
  changes: Partial<GenAuthWebhookOptions> = {},
): Promise<number> => (await (await handlerFor(changes))(request(body, headers))).status

/** The body of a kick. */
export const kick = (...users: unknown[]) => ({ eventName: 'kick', data: { users } })
/** A user, in the form of webhooks. */
export const alice = { id: 'alice', username: 'alice', password: '5f4dcc3b5aa765d61d8327deb882cf99', token: 'eyJhbGci' }
