import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import type { LogoutClient, LogoutClientOptions } from '@backend-logout/core'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { parse } from 'hono/utils/cookie'
import { COOKIE, type SessionStore } from './session.ts'
import { type Provider, signIn } from './sign-in.ts'

/** The parts that differ between the runtimes. */
export interface Platform {
  /** The origin of the pages. */
  readonly origin: string
  readonly provider: Provider
  readonly createLogoutClient: (options: LogoutClientOptions) => LogoutClient
  readonly sessions: SessionStore
  readonly waitUntil?: (promise: Promise<unknown>) => void
}

/** Messages for the user, by the status of the logout. */
const GOODBYE: Readonly<Record<string, string>> = {
  logged_out: 'You are logged out.',
  no_session: 'You were already logged out.',
  queued: 'You are logged out here. The provider will follow.',
  local_only: 'You are logged out here, but the provider did not respond. Log out there as well.',
}

/** The application, for every runtime. */
export function createApp({ origin, provider, createLogoutClient, sessions, waitUntil }: Platform): Hono {
  const logout = createLogoutHandler({
    client: createLogoutClient({ ...provider, logoutRedirectUri: `${origin}/goodbye` }),
    session: cookieSession({
      name: COOKIE,
      read: async (id) => (await sessions.get(id))?.tokens,
      clear: (id) => sessions.delete(id),
    }),
    allowedOrigins: [origin],
    form: {
      csrfToken: async ({ headers }) => {
        const { [COOKIE]: id = '' } = parse(headers.get('cookie') ?? '', COOKIE)
        return (await sessions.get(id))?.csrfToken
      },
      landing: '/goodbye',
      // If the provider responds, go there next and end its session as well.
      singleSignOut: true,
    },
    waitUntil,
  })

  const app = new Hono()
  app.route('/', signIn(provider, `${origin}/callback`, sessions))
  app.all('/logout', (context) => logout(context.req.raw))

  app.get('/', async (context) => {
    const session = await sessions.get(getCookie(context, COOKIE) ?? '')
    if (!session?.tokens) return context.html('<a href="/login">Log in</a>')
    return context.html(`<form method="post" action="/logout">
  <input type="hidden" name="csrf_token" value="${session.csrfToken}">
  <button>Log out</button>
</form>`)
  })

  app.get('/goodbye', (context) => {
    const text = GOODBYE[context.req.query('logout') ?? 'logged_out'] ?? ''
    return context.html(`${text} <a href="/login">Log in again</a>`)
  })
  return app
}
