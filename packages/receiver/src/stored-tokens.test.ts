import { expect, test } from 'vitest'
import type { ReceiverEvent } from './events.ts'
import { IncompleteLogoutError } from './incomplete-logout-error.ts'
import { logoutEverywhere } from './log-out-everywhere.ts'
import { createMemorySessionIndex } from './memory-session-index.ts'

const who = { iss: 'https://id.example.com', sub: 'alice' }
const tokens = { accessToken: 'access', refreshToken: 'refresh' }
const both = [tokens]
const onlyAccess = [{ accessToken: 'access' }]

/** Logs out a session with this content. */
async function logOut(stored: object, keepOfflineAccess?: boolean, subject: object = who) {
  const [ended, added, events]: [string[], unknown[], ReceiverEvent[]] = [[], [], []]
  const sessions = createMemorySessionIndex({ tokens: () => stored, end: (id) => ended.push(id) })
  await sessions.add('1', { ...who, sid: 's1', iat: 1_795_679_550 })
  const outbox = { add: async (given: unknown) => added.push(given) }
  const onEvent = (event: ReceiverEvent): number => events.push(event)
  const thrown = await logoutEverywhere(subject as typeof who, { sessions, outbox, keepOfflineAccess, onEvent }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { ended, added, events, thrown }
}

// Such a session once survived every logout.
test.each<[string, object, boolean | undefined, unknown[]]>([
  ['no scope', { scope: null }, undefined, both],
  ['no scope, and a refresh token to keep', { scope: null }, true, onlyAccess],
  ['a list of scopes', { scope: ['openid', 'profile'] }, undefined, both],
  ['a list of scopes without offline_access', { scope: ['openid', 'profile'] }, true, both],
  ['a list of scopes with offline_access', { scope: ['openid', 'offline_access'] }, true, onlyAccess],
  ['an unreadable scope that is not read', { scope: 7 }, undefined, both],
  ['no replaced tokens', { replacedAccessTokens: null }, undefined, both],
  ['replaced tokens of which one is missing', { replacedAccessTokens: ['earlier', null] }, undefined, both],
  ['no expiry', { expiresAt: null }, undefined, both],
  ['no refresh token', { refreshToken: null }, undefined, onlyAccess],
  ['no access token', { accessToken: null }, undefined, [{ refreshToken: 'refresh' }]],
])('a session ends that was stored with %s', async (_case, members, keepOfflineAccess, expected) => {
  const { thrown, ended, added } = await logOut({ ...tokens, ...members }, keepOfflineAccess)
  expect(thrown).toBeUndefined()
  expect([ended, added]).toEqual([['1'], expected])
})

test.each([1_795_679_550, '2026-11-28T00:00:00Z', Number.NaN, {}])(
  'an expiry %j is reported, and ends the session',
  async (expiresAt) => {
    const { thrown, ended, added, events } = await logOut({ ...tokens, expiresAt })
    expect(thrown).toBeUndefined()
    expect([ended, added]).toEqual([['1'], both])
    expect(events).toEqual([expect.objectContaining({ type: 'failure', step: 'tokens', error: expect.any(TypeError) })])
  },
)

test('the expiry of a session goes to the outbox', async () => {
  const expiresAt = Date.now() + 60_000
  expect((await logOut({ ...tokens, expiresAt: new Date(expiresAt) })).added).toEqual([{ ...tokens, expiresAt }])
})

test.each<[string, object]>([
  ['a scope of another type', { scope: 7 }],
  ['a replaced token alone', { replacedAccessTokens: 'earlier' }],
  ['replaced tokens that are no text', { replacedAccessTokens: [7] }],
  ['an access token that is no text', { accessToken: 7 }],
  ['a refresh token that is no text', { refreshToken: {} }],
])('%s is a failure of the step `tokens`', async (_case, members) => {
  const { thrown, ended, added, events } = await logOut({ ...tokens, ...members }, true)
  expect(thrown).toBeInstanceOf(IncompleteLogoutError)
  expect(events).toEqual([expect.objectContaining({ type: 'failure', step: 'tokens' })])
  expect([ended, added]).toEqual([[], []])
})

test.each([
  { ...who, sid: null },
  { ...who, sub: null, sid: 's1' },
])('logoutEverywhere() accepts null for a missing name: %j', async (subject) => {
  expect((await logOut(tokens, undefined, subject)).ended).toEqual(['1'])
})
