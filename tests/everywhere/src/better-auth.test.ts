import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createMemorySessionIndex,
  type ReceiverEvent,
} from '@backend-logout/receiver'
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler as betterAuthHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'

const REDIRECT_URI = 'https://app.example.com/callback'
const TABLES = `user session account verification jwks oauthClient oauthAccessToken oauthRefreshToken oauthConsent
  oauthClientAssertion oauthResource oauthClientResource`

/** What is used of its server-side API; the types of the plugin and of the package do not fit together. */
interface BetterAuthServer {
  readonly handler: (request: Request) => Promise<Response>
  readonly api: {
    adminCreateOAuthClient(request: object): Promise<{ client_id: string; client_secret: string }>
  }
}

async function listen(handler: RequestListener): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a logout at better-auth ends the session here', async () => {
  let handle: RequestListener = () => {}
  const provider = await listen((request, response) => handle(request, response))
  const tables = Object.fromEntries(TABLES.split(/\s+/).map((name) => [name, [] as Record<string, unknown>[]]))
  const auth = betterAuth({
    baseURL: provider.origin,
    secret: randomBytes(32).toString('base64url'),
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      jwt(),
      oauthProvider({ loginPage: '/login', consentPage: '/consent', scopes: ['openid', 'offline_access'] }) as never,
    ],
  }) as unknown as BetterAuthServer
  handle = betterAuthHandler(auth)
  const issuer = `${provider.origin}/api/auth`
  const post = (path: string, body: object, cookie = ''): Promise<Response> =>
    fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: provider.origin, cookie },
      body: JSON.stringify(body),
    })

  const account = { name: 'alice', email: 'alice@example.com', password: randomBytes(16).toString('hex') }
  const [setCookie = ''] = (await post('/sign-up/email', account)).headers.getSetCookie()
  const cookie = setCookie.split(';')[0] ?? ''
  const body = {
    redirect_uris: [REDIRECT_URI],
    skip_consent: true,
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const { client_id: clientId, client_secret: secret } = await auth.api.adminCreateOAuthClient({
    headers: new Headers({ cookie }),
    body,
  })

  const live = new Set<string>()
  const events: ReceiverEvent[] = []
  const sessions = createMemorySessionIndex({ end: (id) => live.delete(id) })
  const verifier = createLogoutTokenVerifier({ issuer, clientId })
  const application = await listen(
    toNodeHandler(createBackChannelHandler({ verifier, sessions, onEvent: (event) => events.push(event) })),
  )
  try {
    // It registers no address on loopback, so the row says so.
    const [row] = tables.oauthClient ?? []
    Object.assign(row ?? {}, {
      backchannelLogoutUri: `${application.origin}/backchannel-logout`,
      backchannelLogoutSessionRequired: true,
    })

    const verifierText = randomBytes(32).toString('base64url')
    const url = new URL(`${issuer}/oauth2/authorize`)
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid offline_access',
      state: 'any',
      code_challenge: createHash('sha256').update(verifierText).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString()
    const { url: callback } = (await (await fetch(url, { headers: { cookie } })).json()) as { url: string }
    const form = {
      grant_type: 'authorization_code',
      code: new URL(callback).searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifierText,
    }
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
    const answer = await fetch(`${issuer}/oauth2/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    })
    const { id_token: idToken } = (await answer.json()) as { id_token: string }
    const { iss = '', sub = '', iat = 0, sid } = decodeJwt<{ sid?: string }>(idToken)
    expect(sid).toEqual(expect.any(String))
    live.add('session')
    expect(await sessions.add('session', { iss, sub, iat, sid })).toBe(true)

    expect((await post('/sign-out', {}, cookie)).status).toBe(200)
    await expect.poll(() => events.map(({ type }) => type), { timeout: 10_000 }).toContain('logged_out')
    expect(live.size).toBe(0)
  } finally {
    for (const { server } of [provider, application]) {
      server.closeAllConnections()
      server.close()
    }
  }
})
