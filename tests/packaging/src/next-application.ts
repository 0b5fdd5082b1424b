import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Browser } from '../../frameworks/src/browser.ts'
import { root } from './program.ts'
import type { Step } from './steps.ts'
import type { Walk } from './walk.ts'

/** The callback of the reader's own sign-in, which the page leaves to its readers. */
export function signInRoute(): Step {
  const file = 'app/sign-in/route.ts'
  return { file, code: readFileSync(join(root, 'examples/next', file), 'utf8') }
}

/** The application of the page on Next.js, and its provider. */
export class NextApplication {
  readonly #origin: string
  readonly #appHost: string
  readonly #browser = new Browser()

  constructor({ origin, appHost }: Walk) {
    this.#origin = origin
    this.#appHost = appHost
  }

  async signInWithNextAuth(login: string): Promise<void> {
    const choice = await this.#browser.open(new URL('/api/auth/signin', this.#origin))
    await this.#browser.submit(await this.#browser.submit(choice), { login })
  }

  async signOutOfNextAuth(): Promise<void> {
    await this.#browser.submit(await this.#browser.open(new URL('/api/auth/signout', this.#origin)))
  }

  /** Puts the tokens of a user into a session of iron-session, and gives its cookie. */
  async signIn(user: string): Promise<string> {
    const tokens = await fetch(new URL('/emulator/sign-in', this.#appHost), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user }),
    })
    const { headers } = await fetch(new URL('/sign-in', this.#origin), { method: 'POST', body: await tokens.text() })
    return headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ')
  }

  /** Logs out by the route handler, as a script does. */
  async fetchLogout(cookie: string): Promise<unknown> {
    const headers = { origin: this.#origin, 'x-logout-request': '1', cookie }
    return (await fetch(new URL('/logout', this.#origin), { method: 'POST', headers })).json()
  }

  /** Logs out by the Server Action, as a browser without scripts does, and gives the address that it leads to. */
  async submitServerAction(cookie: string): Promise<URL> {
    const address = new URL('/server-action', this.#origin)
    const page = await (await fetch(address, { headers: { cookie } })).text()
    const body = new FormData()
    for (const [, name = ''] of page.matchAll(/<input[^>]* name="([^"]*)"/g)) body.append(name, '')
    const headers = { origin: this.#origin, cookie }
    const { headers: answer } = await fetch(address, { method: 'POST', headers, body, redirect: 'manual' })
    return new URL(answer.get('location') ?? '', this.#origin)
  }

  /** The number of tokens of a user that still work. */
  async activeTokensOf(user: string): Promise<number> {
    const response = await fetch(new URL('/emulator/tokens', this.#appHost))
    const tokens = (await response.json()) as readonly { readonly sub: string; readonly active: boolean }[]
    return tokens.filter(({ sub, active }) => active && sub === user).length
  }
}
