import { cookieSession, createLogoutHandler } from '@backend-logout/browser-proxy/server'
import type { Emulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { followRevocations, revocationFeed } from '@backend-logout/revocations'
import { bearerAuthorization, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { serve } from 'srvx'
import { expectStep, say } from './steps.ts'

const FEED_SECRET = 'secret-of-the-feed'

/**
 * Shows an API that checks tokens locally, and that detects a logout without querying the provider.
 *
 * @throws Error at the first step that fails
 */
export async function logOutEverywhere(provider: Emulator): Promise<void> {
  const { appId, appSecret = '' } = provider.app
  await using client = createLogoutClient({ appId, appSecret, appHost: provider.appHost })
  const { accessToken, refreshToken } = await provider.signIn('alice')

  // The backend: it keeps the revocation log, and the sessions.
  await using log = await openRevocationLog({ store: { memory: true } })
  const sessions = new Map([['42', { accessToken, refreshToken }]])
  const feed = createRevocationFeedHandler({ log, authorize: bearerAuthorization(FEED_SECRET) })
  const logout = createLogoutHandler({
    client,
    revocations: log,
    session: cookieSession({ name: 'session', read: (id) => sessions.get(id), clear: (id) => sessions.delete(id) }),
  })
  const backend = await listen((request) => (request.url.endsWith('/logout') ? logout(request) : feed(request)))

  // The API: it verifies tokens with the provider's public keys, and checks its copy of the list.
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/.well-known/jwks.json`))
  await using list = followRevocations({
    source: revocationFeed(`${backend.url}revocations`, { authorization: `Bearer ${FEED_SECRET}` }),
  })
  const api = await listen(async ({ headers }) => {
    const token = headers.get('authorization')?.slice('Bearer '.length) ?? ''
    const { payload } = await jwtVerify(token, keys, { issuer: provider.issuer, audience: appId })
    return new Response(null, { status: { valid: 200, revoked: 401, stale: 503 }[list.check(payload)] })
  })
  const callApi = async (): Promise<number> =>
    (await fetch(api.url, { headers: { authorization: `Bearer ${accessToken}` } })).status

  try {
    await list.ready
    expectStep('Another API checks tokens locally, and accepts hers', 'GET /orders', await callApi(), 200)
    const headers = { cookie: 'session=42', origin: new URL(backend.url).origin, 'x-logout-request': '1' }
    const startedAt = performance.now()
    const answering = fetch(`${backend.url}logout`, { method: 'POST', headers })
    let status = await callApi()
    while (status === 200 && performance.now() - startedAt < 10_000) status = await callApi()
    const refusedAfterMs = Math.round(performance.now() - startedAt)
    expectStep(`Alice logs out: that API refuses it ${refusedAfterMs} ms later`, 'GET /orders', status, 401)
    const answer = (await (await answering).json()) as { status: string }
    say('The backend has also revoked her tokens at the provider', `POST /logout → ${answer.status}`)
  } finally {
    await list.close()
    await Promise.all([api.close(true), backend.close(true)])
  }
}

async function listen(
  fetch: (request: Request) => Promise<Response>,
): Promise<ReturnType<typeof serve> & { url: string }> {
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return server as ReturnType<typeof serve> & { url: string }
}
