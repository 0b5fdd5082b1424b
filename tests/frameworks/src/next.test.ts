import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { freePort } from '@backend-logout/tests-outbox/loopback-port'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from './browser.ts'
import { testGuide } from './guide.ts'
import { stageExample } from './stage-example.ts'
import { type RunningServer, settingsFor, startServer } from './start-server.ts'

const folder = join(import.meta.dirname, '../.results/next')
const next = join(folder, 'node_modules/next/dist/bin/next')

describe('Next', () => {
  let provider: Emulator
  let server: RunningServer
  let built: string
  beforeAll(async () => {
    await stageExample('next', folder)
    const { PATH = '', HOME = '' } = process.env
    // No setting of the application: the build does not have its secrets.
    const env = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
    built = (await promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env })).stdout
    const origin = `http://localhost:${await freePort()}`
    provider = await startEmulator({ redirectUris: [`${origin}/api/auth/callback/genauth`] })
    server = await startServer(
      origin,
      [process.execPath, next, 'start', '--hostname', 'localhost', '--port', new URL(origin).port],
      {
        cwd: folder,
        env: {
          ...settingsFor(provider, origin),
          NODE_ENV: 'production',
          NEXT_TELEMETRY_DISABLED: '1',
          SESSION_SECRET: 'a password of iron-session for this test',
          ALLOW_TEST_SIGN_IN: 'yes',
          NEXTAUTH_URL: origin,
          NEXTAUTH_SECRET: 'a secret of next-auth for this test',
        },
      },
    )
  }, 900_000)
  beforeEach(() => provider.reset())
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await provider?.close()
  })

  /** Puts the tokens of a user into a session of iron-session. */
  async function signIn() {
    const tokens = await provider.signIn('alice')
    const answer = await fetch(`${server.origin}/sign-in`, { method: 'POST', body: JSON.stringify(tokens) })
    return {
      ...tokens,
      cookie: answer.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';', 1)[0])
        .join('; '),
    }
  }

  const ask = (cookie: string): Promise<Response> =>
    fetch(`${server.origin}/logout`, {
      method: 'POST',
      headers: { origin: server.origin, 'x-logout-request': '1', cookie },
    })

  test('builds without the settings of the application', () => {
    expect(built).toContain('/logout')
  })

  test('renders a page on the server that creates the browser client at the top of its module', async () => {
    expect(await (await fetch(`${server.origin}/client`)).text()).toContain('Log out')
  })

  test('a route handler logs out a session of iron-session', async () => {
    const { cookie, accessToken, refreshToken } = await signIn()
    const answer = await ask(cookie)
    expect(await answer.json()).toMatchObject({ status: 'logged_out' })
    expect(answer.headers.getSetCookie().join()).toMatch(/session=;.*Max-Age=0/)
    expect([await provider.isActive(accessToken), await provider.isActive(refreshToken)]).toEqual([false, false])
    expect(await (await ask('')).json()).toEqual({ status: 'no_session' })
  })

  /** Sends the form of the Server Action as a browser without scripts does. */
  async function act(cookie: string): Promise<{ status: number; location: string }> {
    const address = `${server.origin}/server-action`
    const page = await (await fetch(address, { headers: { cookie } })).text()
    const form = new FormData()
    for (const [, name = ''] of page.matchAll(/<input[^>]* name="([^"]*)"/g)) form.append(name, '')
    const answer = await fetch(address, {
      method: 'POST',
      headers: { cookie, origin: server.origin },
      body: form,
      redirect: 'manual',
    })
    return { status: answer.status, location: answer.headers.get('location') ?? '' }
  }

  test('a Server Action logs out, and leads to the end of the provider’s session', async () => {
    const { cookie, accessToken, refreshToken, idToken } = await signIn()
    const { status, location } = await act(cookie)
    expect(status).toBe(303)
    expect(location).toContain(`/oidc/session/end?id_token_hint=${idToken}`)
    expect(new URL(location).searchParams.get('post_logout_redirect_uri')).toBe(`${server.origin}/goodbye`)
    expect([await provider.isActive(accessToken), await provider.isActive(refreshToken)]).toEqual([false, false])
    expect((await act('')).location).toMatch(/\/goodbye$/)
  })

  test('a page with a session is rendered without complaints about `cacheComponents`', async () => {
    const { cookie } = await signIn()
    const page = await fetch(`${server.origin}/server-action`, { headers: { cookie } })
    expect(await page.text()).toContain('Logged in')
    expect(server.output()).not.toContain('unstable value')
  })

  /** Signs a user in with next-auth, through the pages of both sides. */
  async function signInWithNextAuth(user: string, active = 2) {
    const browser = new Browser()
    const choice = await browser.open(new URL('/api/auth/signin', server.origin))
    const login = await browser.submit(choice)
    expect(login.text).toContain('Sign in')
    await browser.submit(login, { login: user })
    expect(activeTokensOf(user)).toHaveLength(active)
    return {
      user,
      cookies: () => browser.cookiesFor(server.origin),
      async signOut() {
        await browser.submit(await browser.open(new URL('/api/auth/signout', server.origin)))
        expect(browser.cookiesFor(server.origin)).not.toContain('session-token')
      },
    }
  }

  /** The active tokens of a user: tests ignore those of other users. */
  const activeTokensOf = (user: string) => provider.tokens().filter(({ sub, active }) => active && sub === user)

  test('events.signOut of next-auth revokes the tokens of each user, even during concurrent logouts', async () => {
    const names = Array.from({ length: 10 }, () => `user-${randomUUID()}`)
    const users = await Promise.all(names.map((name) => signInWithNextAuth(name)))
    await Promise.all(users.map(({ signOut }) => signOut()))
    expect(names.flatMap(activeTokensOf)).toEqual([])
  })

  test('events.signOut leaves a session of the same user in another browser unchanged', async () => {
    const name = `user-${randomUUID()}`
    const here = await signInWithNextAuth(name)
    const there = await signInWithNextAuth(name, 4)
    await here.signOut()
    expect(activeTokensOf(name)).toHaveLength(2)
    await there.signOut()
    expect(activeTokensOf(name)).toEqual([])
  })

  test('events.signOut reads the tokens from a cookie that has been split because of its length', async () => {
    const long = await signInWithNextAuth(`user-${randomUUID()}-${'x'.repeat(500)}`)
    expect(long.cookies()).toContain('next-auth.session-token.1=')
    await long.signOut()
    expect(activeTokensOf(long.user)).toEqual([])
  })

  test('when the provider is down, next-auth still logs out, and the event states which tokens still work', async () => {
    const { user, signOut } = await signInWithNextAuth(`user-${randomUUID()}`)
    provider.answerAlways({ drop: 'reset' })
    await signOut()
    expect(activeTokensOf(user)).toHaveLength(2)
    expect(server.output()).toMatch(/(?:A token was not revoked: network\s+){2}/)
  })

  test('when the provider is down, the Server Action stays with the application', async () => {
    const { cookie } = await signIn()
    provider.answerAlways({ drop: 'reset' })
    const { location } = await act(cookie)
    expect(location).toMatch(/\/goodbye\?logout=local_only$/)
    const page = await fetch(new URL(location, server.origin))
    expect(await page.text()).toContain('the provider did not respond')
  })
})

testGuide(
  'next.md',
  'next',
  [
    'logout-client.ts',
    'session.ts',
    'app/logout/route.ts',
    'app/client/page.tsx',
    'app/goodbye/page.tsx',
    'app/server-action/page.tsx',
    'auth.ts',
    'app/api/auth/[...nextauth]/route.ts',
  ],
  ['next', 'react'],
)
