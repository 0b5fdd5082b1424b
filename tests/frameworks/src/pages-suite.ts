import { randomUUID } from 'node:crypto'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { freePort } from '@backend-logout/tests-outbox/loopback-port'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, type Page } from './browser.ts'
import { send } from './send.ts'
import { type RunningServer, settingsFor } from './start-server.ts'

/** An application whose pages work without scripts. */
export interface PageApplication {
  /** The name of the cookie with the session. */
  readonly cookieName: string
  /** The lines that its server normally prints. */
  readonly usualOutput?: RegExp
  /** True if the provider also hangs once, which takes as long as the deadline. */
  readonly hang: boolean
  /** Serves it from this origin, with these settings in its environment. */
  readonly start: (origin: string, env: Record<string, string>) => Promise<RunningServer>
}

/** The functions that the tests of one framework also need. */
export interface StartedApplication {
  readonly server: () => RunningServer
  readonly signIn: () => Promise<{ readonly user: string; readonly browser: Browser; readonly home: Page }>
}

/** Signs users in and out through the pages of an application, as their browsers do. */
export function testPages(
  name: string,
  { cookieName, hang, start, usualOutput = /(?!)/ }: PageApplication,
  more: (application: StartedApplication) => void = () => {},
): void {
  describe(name, () => {
    let provider: Emulator
    let server: RunningServer
    let printed = 0
    beforeAll(async () => {
      const origin = `http://localhost:${await freePort()}`
      provider = await startEmulator({
        redirectUris: [`${origin}/callback`],
        logoutRedirectUris: [`${origin}/goodbye`],
      })
      server = await start(origin, settingsFor(provider, origin))
    }, 300_000)
    beforeEach(() => provider.reset())
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
      // A program that starts another one leaves it behind when it is killed.
      if (server) await expect(fetch(server.origin)).rejects.toThrow()
      await provider?.close()
    })

    /** Signs a new user in through the pages of both sides. */
    async function signIn(): Promise<{ user: string; browser: Browser; home: Page }> {
      const user = `user-${randomUUID()}`
      const browser = new Browser()
      const login = await browser.open(new URL('/login', server.origin))
      expect(login.text).toContain('Sign in')
      const home = await browser.submit(login, { login: user })
      expect([home.url.href, home.text]).toEqual([`${server.origin}/`, expect.stringContaining('Log out')])
      return { user, browser, home }
    }

    /** The active tokens of a user: tests ignore those of other users. */
    const activeTokensOf = (user: string) => provider.tokens().filter(({ sub, active }) => active && sub === user)

    const postLogout = (browser: Browser, headers: Record<string, string> = {}, form?: Record<string, string>) =>
      send(new URL('/logout', server.origin), {
        method: 'POST',
        headers: { cookie: browser.cookiesFor(server.origin), origin: server.origin, ...headers },
        ...(form && { form }),
      })

    test('users can sign in as soon as the provider is back', async () => {
      provider.answerAlways({ endpoint: 'discovery', drop: 'reset' })
      expect((await new Browser().open(new URL('/login', server.origin))).status).toBe(500)
      provider.reset()
      await signIn()
      // Frameworks print the error.
      printed = server.output().length
    })

    test('a form without a script logs the user out, also at the provider, and the user returns', async () => {
      const { user, browser, home } = await signIn()
      expect(activeTokensOf(user)).toHaveLength(2)
      const cookie = browser.cookiesFor(server.origin)
      const visited: string[] = []
      const goodbye = await browser.submit(home, {}, ({ origin }) => {
        visited.push(origin)
        return false
      })
      expect(visited).toContain(new URL(provider.issuer).origin)
      expect([goodbye.url.href, goodbye.text]).toEqual([
        `${server.origin}/goodbye`,
        expect.stringContaining('You are logged out.'),
      ])
      expect(activeTokensOf(user)).toEqual([])
      expect(browser.cookiesFor(server.origin)).toBe('')
      expect(await (await fetch(server.origin, { headers: { cookie } })).text()).toContain('Log in')
      // The provider's session has also ended: it asks who signs in.
      expect((await browser.open(new URL('/login', server.origin))).text).toContain('Sign in')
    })

    test('a script logs the user out through the same endpoint', async () => {
      const { user, browser } = await signIn()
      const answer = await postLogout(browser, { 'x-logout-request': '1' })
      expect(await answer.json()).toMatchObject({ status: 'logged_out' })
      expect(answer.headers.getSetCookie().join()).toMatch(new RegExp(`(?:^|,)${cookieName}=;`))
      expect(activeTokensOf(user)).toEqual([])
    })

    test('a second click and an expired session lead to a page that says so', async () => {
      const { browser, home } = await signIn()
      const again = new Browser()
      await browser.submit(home, {}, (url) => url.origin !== server.origin)
      for (const late of [browser, again]) {
        const goodbye = await late.submit(home)
        expect(goodbye.url.href).toBe(`${server.origin}/goodbye?logout=no_session`)
        expect(goodbye.text).toContain('already logged out')
      }
      expect(await (await postLogout(again, { 'x-logout-request': '1' })).json()).toEqual({ status: 'no_session' })
    })

    test('when the provider is down, the user stays with the application, is logged out there, and is informed', async () => {
      const { browser, home } = await signIn()
      provider.answerAlways({ drop: 'reset' })
      const goodbye = await browser.submit(home)
      expect(goodbye.url.href).toBe(`${server.origin}/goodbye?logout=local_only`)
      expect(goodbye.text).toContain('did not respond')
      expect((await browser.open(new URL(server.origin))).text).toContain('Log in')
    })

    if (hang)
      test('when the provider hangs, nobody waits for longer than five seconds', async () => {
        const { browser, home } = await signIn()
        provider.answerAlways({ hang: true })
        const startedAt = performance.now()
        const goodbye = await browser.submit(home)
        // The limit, and a margin for a busy machine. Without the limit, the request lasts until the provider responds.
        expect(performance.now() - startedAt).toBeLessThan(12_000)
        expect(goodbye.url.search).toBe('?logout=local_only')
      })

    test('neither another site nor a page of another session logs the user out', async () => {
      const { browser, home } = await signIn()
      const other = await signIn()
      const csrf = (page: Page): string => /name="csrf_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
      expect(csrf(home)).toHaveLength(36)
      const form = (token: string) => ({ csrf_token: token })
      const attacks = [
        await postLogout(browser, { origin: 'https://evil.test' }, form(csrf(home))),
        await postLogout(browser, { 'sec-fetch-dest': 'iframe' }, form(csrf(home))),
        await postLogout(browser, {}, form(csrf(other.home))),
        await postLogout(browser, {}, form('')),
        await postLogout(browser, {}),
      ]
      expect(attacks.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
      expect((await browser.open(new URL(server.origin))).text).toContain('Log out')
    })

    more({ server: () => server, signIn })

    test('no warning or error is printed', () => {
      const lines = server.output().slice(printed).split('\n')
      expect(lines.filter((line) => line !== '' && !usualOutput.test(line))).toEqual([])
    })
  })
}
