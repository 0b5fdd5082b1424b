import cookie from '@fastify/cookie'
import session from '@fastify/session'
import fastify from 'fastify'
import * as oidc from 'openid-client'
import { logoutRoute } from './logout.ts'
import { signIn } from './sign-in.ts'

const { APP_ORIGIN = 'http://localhost:3000', AUTHING_APP_HOST = '', AUTHING_APP_ID = '' } = process.env

/** Messages for the user, by the status of the logout. */
const GOODBYE: Readonly<Record<string, string>> = {
  logged_out: 'You are logged out.',
  no_session: 'You were already logged out.',
  queued: 'You are logged out here. The provider will follow.',
  local_only: 'You are logged out here, but the provider did not respond. Log out there as well.',
}

const app = fastify()
await app.register(cookie)
await app.register(session, {
  secret: process.env.SESSION_SECRET ?? 'only for development, on this machine',
  saveUninitialized: false,
  // Otherwise, a request that takes longer than the logout would save the session again.
  rolling: false,
  cookie: { secure: APP_ORIGIN.startsWith('https:'), sameSite: 'lax' },
})

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
await app.register(signIn, { provider: discover, redirectUri: `${APP_ORIGIN}/callback` })
await app.register(logoutRoute)

app.get('/', ({ session: { tokens, csrfToken } }, reply) => {
  reply.type('text/html')
  if (!tokens) return reply.send('<a href="/login">Log in</a>')
  return reply.send(`<form method="post" action="/logout">
  <input type="hidden" name="csrf_token" value="${csrfToken}">
  <button>Log out</button>
</form>`)
})

app.get<{ Querystring: { logout?: string } }>('/goodbye', ({ query: { logout = 'logged_out' } }, reply) =>
  reply.type('text/html').send(`${GOODBYE[logout] ?? ''} <a href="/login">Log in again</a>`),
)

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
