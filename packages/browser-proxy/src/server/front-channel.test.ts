import { createLogoutClient, isLogoutError } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { afterAll, describe, expect, test } from 'vitest'
import { createApplication, logoutRequest } from '../testing/application.ts'
import { createLogoutHandler, type GivenExtraParameters } from './index.ts'

const provider = await startEmulator()
afterAll(() => provider.close())

/** Logs a user out, and returns the response with the query of its URL, and the reported events. */
async function logOut(extraParameters: GivenExtraParameters | undefined, body?: unknown, idToken?: string) {
  const { handler, sessions, events, signIn } = createApplication(provider, {
    returnTo: ['https://app.example.com/bye'],
    extraParameters,
  })
  const { cookie, id, ...tokens } = await signIn()
  if (idToken !== undefined) sessions.set(id, { ...tokens, idToken: idToken || undefined })
  const answer = (await (await handler(logoutRequest(cookie, body))).json()) as Record<string, never>
  const url = answer.logout_url ? new URL(answer.logout_url) : undefined
  return { answer, events, query: url?.search ?? '', parameters: Object.fromEntries(url?.searchParams ?? []) }
}

describe('the logout URL', () => {
  test('has the parameters that the application sets for all requests', async () => {
    const { parameters, query } = await logOut({ logout_hint: 'alice', federated: true })
    expect(parameters).toMatchObject({ logout_hint: 'alice', federated: '' })
    expect(query).toMatch(/&federated$/)
  })

  test('has the parameters that the application creates for a request', async () => {
    const { parameters } = await logOut(async (request) => ({ ui_locales: request.headers.get('x-locale') ?? 'en' }))
    expect(parameters.ui_locales).toBe('en')
  })

  test('omits those parameters if the application fails to create them', async () => {
    for (const fail of [
      () => Promise.reject(new Error('no')),
      () => ({ a: 1 }) as never,
      () => 'x' as never,
      () => new Map() as never,
    ]) {
      const { answer, events, parameters } = await logOut(fail)
      expect([answer.status, Object.keys(parameters)]).toEqual(['logged_out', ['id_token_hint']])
      expect(events[0]).toMatchObject({ type: 'failure', step: 'extra_parameters' })
    }
    expect((await logOut(() => undefined)).answer.status).toBe('logged_out')
  })

  test('does not prevent the logout if its parameters are invalid', async () => {
    const { answer } = await logOut({ state: 'not here' })
    expect(answer).toEqual({ status: 'logged_out' })
  })

  test('returns the state of the page', async () => {
    const { parameters } = await logOut(undefined, { return_to: 'https://app.example.com/bye', state: 'x y' })
    expect(parameters).toMatchObject({ post_logout_redirect_uri: 'https://app.example.com/bye', state: 'x y' })
  })

  test('comes with a form to post if it is too long for servers', async () => {
    const idToken = `e30.${'a'.repeat(18_000)}.b`
    const { answer, parameters } = await logOut({ federated: true }, undefined, idToken)
    expect(parameters.id_token_hint).toBe(idToken)
    expect(answer.logout_form).toEqual({
      action: `${provider.issuer}/session/end`,
      fields: { id_token_hint: idToken, federated: '' },
    })
    expect((await logOut(undefined)).answer).not.toHaveProperty('logout_form')
  })

  test('is not silently missing if the page asked for one', async () => {
    const { answer, events } = await logOut(undefined, { return_to: 'https://app.example.com/bye' }, '')
    expect(answer).toEqual({ status: 'logged_out', logout_url_error: 'invalid_argument' })
    expect(events.at(-1)).toMatchObject({ logoutUrlError: { message: expect.stringMatching(/idToken is missing/) } })
    expect((await logOut(undefined, undefined, '')).answer).toEqual({ status: 'logged_out' })
  })
})

test.each([null, 1, 'x', [], { a: 1 }, { a: false }])(
  'refuses parameters that are not strings: %j',
  (extraParameters) => {
    const client = createLogoutClient({ appId: 'app', appHost: provider.appHost })
    expect(() => createLogoutHandler({ client, extraParameters } as never)).toThrow(
      expect.toSatisfy((error) => isLogoutError(error) && error.code === 'invalid_options'),
    )
  },
)
