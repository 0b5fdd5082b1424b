/** The backend that ends logins: it holds the revocation log, serves it as a feed, and appends each logout to it. */
import { cookieSession, createLogoutHandler, type StoredTokens } from '@backend-logout/browser-proxy/server'
import { createLogoutClientFromEnv } from '@backend-logout/node'
import { bearerAuthorization, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { serve } from 'srvx'

/** A placeholder for the session store of your application. */
const sessions = new Map<string, StoredTokens & { readonly accessToken: string }>()
const log = await openRevocationLog({ store: process.env.REVOCATIONS_STORE ?? './revocations' })

const feed = createRevocationFeedHandler({ log, authorize: bearerAuthorization(process.env.FEED_SECRET ?? '') })
const logout = createLogoutHandler({
  client: createLogoutClientFromEnv(),
  revocations: log,
  session: cookieSession({ name: 'session', read: (id) => sessions.get(id), clear: (id) => sessions.delete(id) }),
})

/** A placeholder for the application's sign-in. The emulator signs anyone in. */
async function signIn(): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const address = `${process.env.AUTHING_APP_HOST}/emulator/sign-in`
  const tokens = await (await fetch(address, { method: 'POST', headers, body: '{"user":"alice"}' })).json()
  const id = crypto.randomUUID()
  sessions.set(id, tokens)
  const cookie = `session=${id}; Path=/; HttpOnly; SameSite=Lax`
  return Response.json({ accessToken: tokens.accessToken }, { headers: { 'set-cookie': cookie } })
}

const server = serve({
  port: Number(process.env.PORT ?? 4000),
  hostname: '127.0.0.1',
  silent: true,
  fetch: (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/revocations') return feed(request)
    if (pathname === '/logout') return logout(request)
    return pathname === '/sign-in' ? signIn() : new Response('Not found\n', { status: 404 })
  },
})
await server.ready()
console.log(`Listening on ${server.url}`)
