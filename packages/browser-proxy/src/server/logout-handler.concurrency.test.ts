import { startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication, logoutRequest } from '../testing/application.ts'
import { cleared, countRevocations } from '../testing/logout-effects.ts'

const provider = await startEmulator()
beforeEach(() => provider.reset())
afterAll(() => provider.close())

const revocations = (): number => countRevocations(provider)

describe('concurrent logouts', () => {
  test('of one session are one logout, and each receives the complete response', async () => {
    const { handler, events, signIn } = createApplication(provider)
    const { cookie } = await signIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => handler(logoutRequest(cookie))))
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect(answers.every(cleared)).toBe(true)
    expect(revocations()).toBe(2)
    expect(events.filter((event) => event.type === 'outcome' && event.joined)).toHaveLength(19)
  })

  test('of different sessions stay separate', async () => {
    const { handler, signIn } = createApplication(provider)
    const users = await Promise.all([signIn(), signIn(), signIn()])
    await Promise.all(users.map(({ cookie }) => handler(logoutRequest(cookie))))
    expect(revocations()).toBe(6)
    for (const { accessToken } of users) expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('of one session without an id do not disturb each other', async () => {
    const { accessToken } = await provider.signIn()
    const { handler } = createApplication(provider, { session: { read: () => ({ accessToken }), clear: () => ({}) } })
    const answers = await Promise.all(Array.from({ length: 5 }, () => handler(logoutRequest())))
    for (const answer of answers) expect((await answer.json()).status).toBe('logged_out')
    expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('without a session are not joined', async () => {
    const { handler, events } = createApplication(provider)
    await Promise.all([handler(logoutRequest()), handler(logoutRequest())])
    expect(events.flatMap((event) => (event.type === 'outcome' ? [event.joined] : []))).toEqual([false, false])
  })
})

test('a client that disconnects does not stop the logout', async () => {
  const { handler, sessions, signIn } = createApplication(provider)
  const { cookie, accessToken } = await signIn()
  provider.answerNext({ delayMs: 50 })
  const gone = new AbortController()
  const logout = handler(new Request(logoutRequest(cookie), { signal: gone.signal }))
  gone.abort()
  await logout
  expect(sessions.size).toBe(0)
  expect(await provider.isActive(accessToken)).toBe(false)
})

test('the platform is asked to keep a logout running, and its refusal is harmless', async () => {
  const kept: Promise<unknown>[] = []
  const first = createApplication(provider, { waitUntil: (logout) => kept.push(logout) })
  await first.handler(logoutRequest())
  expect(kept).toHaveLength(1)
  await kept[0]
  const second = createApplication(provider, {
    waitUntil: () => {
      throw new Error('outside of a request')
    },
  })
  expect((await second.handler(logoutRequest())).status).toBe(200)
  expect(second.events[0]).toMatchObject({ type: 'failure', step: 'wait_until' })
})
