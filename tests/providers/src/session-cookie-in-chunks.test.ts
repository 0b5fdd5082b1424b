import { Auth, type AuthConfig } from '@auth/core'
import { decode } from '@auth/core/jwt'
import Credentials from '@auth/core/providers/credentials'
import { cookieSession, createLogoutHandler, type LogoutProxyEvent } from '@backend-logout/browser-proxy/server'
import { expect, test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

const APP = 'https://app.example.com'
const secret = 'a secret of this test, long enough'
const tokens = { accessToken: `at.${'a'.repeat(5_000)}`, refreshToken: `rt.${'r'.repeat(5_000)}` }

/** Signs a user in with Auth.js, and returns the cookies that it set. */
async function signIn(): Promise<string[]> {
  const config: AuthConfig = {
    secret,
    basePath: '/auth',
    trustHost: true,
    session: { strategy: 'jwt' },
    providers: [Credentials({ credentials: {}, authorize: () => ({ id: 'alice' }) })],
    callbacks: { jwt: ({ token }) => ({ ...token, ...tokens }) },
  }
  const csrf = await Auth(new Request(`${APP}/auth/csrf`), config)
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  const answer = await Auth(
    new Request(`${APP}/auth/callback/credentials`, {
      method: 'POST',
      headers: { cookie: cookiesOf(csrf).join('; '), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken }),
    }),
    config,
  )
  return cookiesOf(answer)
}

const cookiesOf = ({ headers }: Response): string[] =>
  headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] as string)

/** Logs out with the cookies of a session that is an encrypted cookie. */
async function logOut(name: string, read: Parameters<typeof cookieSession>[0]['read'], cookies: readonly string[]) {
  await using provider = await startStandIn({ '/token/revocation': {} })
  const events: LogoutProxyEvent[] = []
  const handler = createLogoutHandler({
    client: createClient('node', { origin: provider.origin }),
    session: cookieSession({ name, read }),
    onEvent: (event) => void events.push(event),
  })
  const headers = { origin: APP, 'x-logout-request': '1', cookie: cookies.join('; ') }
  const answer = await handler(new Request(`${APP}/logout`, { method: 'POST', headers }))
  const { status } = (await answer.json()) as { status: string }
  const failures = events.flatMap((event) => (event.type === 'failure' ? [event.step] : []))
  return { status, failures, cleared: cookiesOf(answer), sent: provider.received.map(({ form }) => form.get('token')) }
}

describeBehavior('session-cookie-in-chunks', () => {
  const name = '__Secure-authjs.session-token'
  const read = (token: string) => decode<typeof tokens>({ token, secret, salt: name })

  test('the session of Auth.js is read, and all of its chunks are cleared', async () => {
    const cookies = await signIn()
    const chunks = cookies.filter((cookie) => cookie.startsWith(`${name}.`))
    expect(chunks.length).toBeGreaterThan(2)
    const { status, sent, cleared } = await logOut(name, read, cookies)
    expect(status).toBe('logged_out')
    expect(sent).toEqual([tokens.refreshToken, tokens.accessToken])
    expect(cleared).toEqual([name, ...chunks.map((chunk) => chunk.split('=', 1)[0])].map((cleared) => `${cleared}=`))
  })

  test.each([0, 1])('without chunk %i, the logout is not reported as complete', async (missing) => {
    const cookies = (await signIn()).filter((cookie) => !cookie.startsWith(`${name}.${missing}=`))
    const { status, failures, sent } = await logOut(name, read, cookies)
    expect([status, failures, sent]).toEqual(['local_only', ['read'], []])
  })

  test('without the last chunk, it is not reported as complete if `read` rejects what it cannot decrypt', async () => {
    const cookies = await signIn()
    const last = cookies.findLast((cookie) => cookie.startsWith(`${name}.`))
    const { status, failures } = await logOut(
      name,
      read,
      cookies.filter((cookie) => cookie !== last),
    )
    expect([status, failures]).toEqual(['local_only', ['read']])
  })

  const prefixes = ['appSession.', '__session__', '_oauth2_proxy_', 'sid-']
  test.each(prefixes)('chunks are read by the name %s0', async (prefix) => {
    const text = encodeURIComponent(JSON.stringify(tokens))
    const cookies = text.match(/.{1,3500}/g)?.map((part, index) => `${prefix}${index}=${part}`) ?? []
    const name = prefix.replace(/(?:\.|__|_|-)$/, '')
    const { status, sent, cleared } = await logOut(name, (value) => JSON.parse(value), cookies.reverse())
    expect([status, sent.length, cleared.length]).toEqual(['logged_out', 2, cookies.length + 1])
  })
})
