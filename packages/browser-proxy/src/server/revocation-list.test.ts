import { type RevocationEntries, revocationEntryOf, type TokenRevocationEntry } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApplication, createTestOutbox, logoutRequest, type TestApplication } from '../testing/application.ts'
import { createLogoutHandler } from './logout-handler.ts'
import type { LogoutHandlerOptions } from './options.ts'

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator()
})
afterAll(() => provider.close())
beforeEach(() => provider.reset())

const isRevocation = ({ endpoint }: { endpoint?: string }): boolean => endpoint === 'revocation'

/** A list that records the appended entries, and the number of calls to the provider until then. */
function createTestList(): RevocationEntries & { entries: TokenRevocationEntry[]; askedBefore: number[] } {
  const entries: TokenRevocationEntry[] = []
  const askedBefore: number[] = []
  return {
    entries,
    askedBefore,
    async append(given) {
      askedBefore.push(provider.requests.filter(isRevocation).length)
      entries.push(...given)
    },
  }
}

async function logOut(application: TestApplication, id: string): Promise<unknown> {
  return (await application.handler(logoutRequest(`__Host-session=${id}`))).json()
}

function withList(options: Partial<LogoutHandlerOptions> = {}) {
  const revocations = createTestList()
  return { revocations, application: createApplication(provider, { revocations, ...options }) }
}

test('the access token is on the list before the provider is called, and the response says so', async () => {
  const { revocations, application } = withList()
  const { id, accessToken } = await application.signIn()
  expect(await logOut(application, id)).toMatchObject({ status: 'logged_out', refused_by_services: true })
  expect(revocations.entries).toEqual([revocationEntryOf(accessToken)])
  expect(revocations.entries[0]).toMatchObject({ iss: expect.any(String), jti: expect.any(String) })
  expect(revocations.askedBefore).toEqual([0])
  expect(application.events).toContainEqual(expect.objectContaining({ type: 'outcome', listed: true }))
})

test('a provider that is down does not keep the token off the list', async () => {
  const { revocations, application } = withList()
  const { id } = await application.signIn()
  provider.answerAlways({ status: 503 })
  expect(await logOut(application, id)).toMatchObject({ status: 'local_only', refused_by_services: true })
  expect(revocations.entries).toHaveLength(1)
})

test('a provider that cannot revoke access tokens does not either, and the response reports both', async () => {
  const { revocations, application } = withList()
  const { id } = await application.signIn()
  provider.answerAlways({ status: 400, body: { error: 'unsupported_token_type' } })
  expect(await logOut(application, id)).toMatchObject({ status: 'local_only', refused_by_services: true })
  expect(revocations.entries).toHaveLength(1)
})

test('access tokens from before a refresh go on the list with the session', async () => {
  const { revocations, application } = withList()
  const { id, accessToken } = await application.signIn()
  const earlier = await provider.issueTokens(2)
  application.sessions.set(id, { accessToken, replacedAccessTokens: earlier })
  expect(await logOut(application, id)).toMatchObject({ refused_by_services: true })
  expect(revocations.entries).toEqual([accessToken, ...earlier].map((token) => revocationEntryOf(token)))
})

test('the response does not claim that a token without an entry is refused', async () => {
  const { revocations, application } = withList()
  const { id, accessToken } = await application.signIn()
  for (const tokens of [{ accessToken: 'opaque' }, { accessToken, replacedAccessTokens: ['opaque'] }]) {
    application.sessions.set(id, tokens)
    expect(await logOut(application, id)).toMatchObject({ refused_by_services: false })
  }
  expect(revocations.entries).toEqual([revocationEntryOf(accessToken)])
})

test.each([
  ['no list', 'x'],
  ['too many', Array(101).fill('a.b.c')],
])(
  'the response does not claim that invalid replaced tokens are refused, and the logout continues: %s',
  async (_, replaced) => {
    const { application } = withList()
    const { id, accessToken } = await application.signIn()
    application.sessions.set(id, { accessToken, replacedAccessTokens: replaced as string[] })
    expect(await logOut(application, id)).toMatchObject({ status: 'logged_out', refused_by_services: false })
    expect(await provider.isActive(accessToken)).toBe(false)
  },
)

test.each([
  ['fails', () => Promise.reject(new Error('the list is down'))],
  ['hangs', () => new Promise(() => {})],
])(
  'a list that %s does not prevent the logout, and the response does not claim that the token is refused',
  async (_, append) => {
    const { application } = withList({ revocations: { append }, storeTimeoutMs: 200, outbox: createTestOutbox() })
    const { id, accessToken } = await application.signIn()
    expect(await logOut(application, id)).toMatchObject({ status: 'logged_out', refused_by_services: false })
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(application.events).toContainEqual(expect.objectContaining({ type: 'failure', step: 'list' }))
  },
)

test('the response does not claim that an unreadable session is refused', async () => {
  const session = { read: () => Promise.reject(new Error('x')), clear: () => undefined }
  const { revocations, application } = withList({ session })
  const answer = (await logOut(application, 'x')) as { refused_by_services?: boolean }
  expect(answer).toMatchObject({ status: 'local_only' })
  expect(answer.refused_by_services).not.toBe(true)
  expect(revocations.entries).toEqual([])
})

test('without a list, the response does not mention services', async () => {
  const application = createApplication(provider)
  const { id } = await application.signIn()
  expect(await logOut(application, id)).not.toHaveProperty('refused_by_services')
})

test('a token in the body of a request cannot add to the list', () => {
  const client = { logout: () => Promise.reject(new Error('x')) }
  expect(() => createLogoutHandler({ client, revocations: createTestList() })).toThrow(/revocations requires session/)
  const session = { read: () => undefined, clear: () => undefined }
  expect(() => createLogoutHandler({ client, session, revocations: {} as never })).toThrow(/revocations.append/)
})
