import express, { type Express } from 'express'
import session, { type Store } from 'express-session'
import * as oidc from 'openid-client'
import { logout } from './logout.ts'
import { signIn } from './sign-in.ts'

/** Messages for the user, by the status of the logout. */
const GOODBYE: Readonly<Record<string, string>> = {
  logged_out: 'You are logged out.',
  no_session: 'You were already logged out.',
  queued: 'You are logged out here. The provider will follow.',
  local_only: 'You are logged out here, but the provider did not respond. Log out there as well.',
}

/** The application. Without a store, express-session keeps the sessions in memory. */
export function createApp(store?: Store): Express {
  const { APP_ORIGIN = 'http://localhost:3000', AUTHING_APP_HOST = '', AUTHING_APP_ID = '' } = process.env
  const app = express()
  app.use(
    session({
      secret: process.env.SESSION_SECRET ?? 'only for development',
      resave: false,
      saveUninitialized: false,
      cookie: { secure: APP_ORIGIN.startsWith('https:'), sameSite: 'lax' },
      ...(store && { store }),
    }),
  )

  let provider: Promise<oidc.Configuration> | undefined
  const discover = (): Promise<oidc.Configuration> => {
    provider ??= oidc
      .discovery(
        new URL(`${AUTHING_APP_HOST}/oidc`),
        AUTHING_APP_ID,
        undefined,
        oidc.ClientSecretPost(process.env.AUTHING_APP_SECRET),
        // Only for a provider on this machine.
        AUTHING_APP_HOST.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {},
      )
      .catch((error) => {
        // The next sign-in tries again.
        provider = undefined
        throw error
      })
    return provider
  }
  app.use(signIn(discover, `${APP_ORIGIN}/callback`))
  app.all('/logout', logout)

  app.get('/', ({ session: { tokens, csrfToken } }, response) => {
    if (!tokens) return void response.send('<a href="/login">Log in</a>')
    response.send(`<form method="post" action="/logout">
  <input type="hidden" name="csrf_token" value="${csrfToken}">
  <button>Log out</button>
</form>`)
  })

  app.get('/goodbye', ({ query }, response) => {
    response.send(`${GOODBYE[String(query.logout ?? 'logged_out')] ?? ''} <a href="/login">Log in again</a>`)
  })
  return app
}
