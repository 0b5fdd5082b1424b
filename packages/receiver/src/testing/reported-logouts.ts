import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type BackChannelHandlerOptions, createBackChannelHandler } from '../back-channel-handler.ts'
import type { ReceiverEvent } from '../events.ts'
import { createMemorySessionIndex } from '../memory-session-index.ts'
import type { RecordedSessions, StoredTokens } from '../session-index.ts'
import { createLogoutTokenVerifier } from '../verifier.ts'
import { withContract } from './contract.ts'
import { TestIssuer } from './issuer.ts'

/** The issuer of the reports. */
export let issuer: TestIssuer

/** The application's sessions. */
export let store: Map<string, StoredTokens>
/** The index of its sessions. */
export let sessions: RecordedSessions
/** The events of its handlers. */
export let events: ReceiverEvent[]
/** Starts the issuer for the tests of a file, and empties the sessions before each of them. */
export function setUpReports(): void {
  beforeAll(async () => {
    issuer = await TestIssuer.start()
  })
  afterAll(() => issuer[Symbol.asyncDispose]())
  beforeEach(async () => {
    store = new Map()
    events = []
    sessions = createMemorySessionIndex({ tokens: (id) => store.get(id), end: (id) => store.delete(id) })
  })
}

/** The time, in seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)
/** The handler's address. */
export const URL = 'https://app.example.com/backchannel-logout'

/** Logs a user in. */
export async function logIn(id: string, sub: string, sid?: string, iat: number = now() - 60): Promise<void> {
  store.set(id, { accessToken: `access ${id}`, refreshToken: `refresh ${id}` })
  expect(await sessions.add(id, { iss: issuer.url, sub, sid, iat })).toBe(true)
}

/** A handler of its reports. */
export const handlerFor = (
  options: Partial<BackChannelHandlerOptions> = {},
): ((request: Request) => Promise<Response>) =>
  withContract(
    createBackChannelHandler({
      verifier: createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app' }),
      sessions,
      onEvent: (event) => events.push(event),
      ...options,
    }),
  )

/** A report of a logout. */
export const report = (token: string): Request =>
  new Request(URL, { method: 'POST', body: new URLSearchParams({ logout_token: token, other: 'ignored' }) })

/** The types of the events. */
export const eventTypes = (): string[] => events.map(({ type }) => type)
