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

  test('of one session each receive the logout URL that they have asked for', async () => {
    const returnTo = ['https://app.example.com/a', 'https://app.example.com/b']
    const { handler, events, signIn } = createApplication(provider, {
      returnTo,
      extraParameters: async (request) => ({ ui_locales: new URL(request.url).search.slice(1) || 'en' }),
    })
    const { cookie, idToken } = await signIn()
    const asked = returnTo.map((return_to, at) => logoutRequest(cookie, { return_to, state: `state-${at}` }))
    const french = new Request(`${asked[0]?.url}?fr`, logoutRequest(cookie))
    const answers = await Promise.all([...asked, french].map((request) => handler(request)))
    const urls = await Promise.all(answers.map(async (answer) => new URL((await answer.json()).logout_url)))
    const own = { id_token_hint: idToken, ui_locales: 'en' }
    expect(urls.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      { ...own, post_logout_redirect_uri: returnTo[0], state: 'state-0' },
      { ...own, post_logout_redirect_uri: returnTo[1], state: 'state-1' },
      { ...own, ui_locales: 'fr' },
    ])
    expect(answers.every(cleared)).toBe(true)
    expect(revocations()).toBe(2)
    expect(events.map((event) => event.type)).toEqual(['outcome', 'outcome', 'outcome'])
  })

  test('of one session share the reason why there is no logout URL only if they have asked for one', async () => {
    const returnTo = ['https://app.example.com/a']
    const { handler, sessions, signIn } = createApplication(provider, { returnTo })
    const { cookie, id, accessToken } = await signIn()
    sessions.set(id, { accessToken })
    const asked = [undefined, { return_to: returnTo[0] }, { id_token_hint: 'an.id.token' }]
    const answers = await Promise.all(asked.map((body) => handler(logoutRequest(cookie, body))))
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { status: 'logged_out' },
      { status: 'logged_out', logout_url_error: 'invalid_argument' },
      { status: 'logged_out', logout_url: expect.stringContaining('id_token_hint=an.id.token') },
    ])
  })

  test('of one token each receive the logout URL that they have asked for', async () => {
    const { accessToken } = await provider.signIn()
    const { handler } = createApplication(provider, { session: undefined })
    const asked = ['one.id.token', 'another.id.token']
    const answers = await Promise.all(
      asked.map((id_token_hint) => handler(logoutRequest(undefined, { token: accessToken, id_token_hint }))),
    )
    const urls = await Promise.all(answers.map(async (answer) => (await answer.json()).logout_url))
    expect(urls).toEqual(asked.map((hint) => expect.stringContaining(`id_token_hint=${hint}`)))
    expect(revocations()).toBe(1)
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
