import { cookieSession, createLogoutHandler, type StoredTokens } from '@backend-logout/browser-proxy/server'
import type { LogoutClient } from '@backend-logout/deno'
import * as oidc from 'openid-client'

/** Options of the backend. */
export interface BackendOptions {
  /** The address at which users reach it, such as `http://localhost:3000`. */
  readonly origin: string
  /** Signs users in. */
  readonly provider: oidc.Configuration
  /** Ends their sessions there. */
  readonly client: LogoutClient
}

const COOKIE = 'session'

/**
 * A backend for `Deno.serve`: sign-in at the provider, sessions in memory, and a logout that also revokes the tokens.
 */
export function createBackend({ origin, provider, client }: BackendOptions): Deno.ServeHandler {
  const sessions = new Map<string, StoredTokens>()
  const signIns = new Map<string, string>()

  const logout = createLogoutHandler({
    client,
    allowedOrigins: [origin],
    session: cookieSession({
      name: COOKIE,
      // On https, omit this, and name the cookie __Host-session.
      secure: false,
      read: (id) => sessions.get(id),
      clear: (id) => sessions.delete(id),
    }),
  })

  async function startSignIn(): Promise<Response> {
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()]
    signIns.set(state, verifier)
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid profile offline_access',
      prompt: 'consent',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return redirect(url.href)
  }

  async function finishSignIn(request: Request): Promise<Response> {
    const callback = new URL(request.url)
    const state = callback.searchParams.get('state') ?? ''
    const verifier = signIns.get(state)
    if (!verifier || !signIns.delete(state)) return new Response('This sign-in was not started here.', { status: 400 })
    const checks = { pkceCodeVerifier: verifier, expectedState: state }
    const tokens = await oidc.authorizationCodeGrant(provider, callback, checks)
    const id = crypto.randomUUID()
    sessions.set(id, {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      idToken: tokens.id_token,
    })
    return redirect('/', `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`)
  }

  return (request) => {
    const cookies = request.headers.get('cookie') ?? ''
    const signedIn = sessions.has(/(?:^|; )session=([^;]+)/.exec(cookies)?.[1] ?? '')
    switch (new URL(request.url).pathname) {
      case '/':
        return page(signedIn)
      case '/sign-in':
        return startSignIn()
      case '/callback':
        return finishSignIn(request)
      // All of its methods: the handler refuses those that it does not support.
      case '/logout':
        return logout(request)
      default:
        return new Response('Not found', { status: 404 })
    }
  }
}

function redirect(location: string, cookie?: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location, ...(cookie !== undefined && { 'set-cookie': cookie }) },
  })
}

function page(signedIn: boolean): Response {
  const body = signedIn
    ? `<p>You are signed in. <button id="logout">Log out</button>
<script type="module">
  document.querySelector('#logout').onclick = async () => {
    await fetch('/logout', { method: 'POST', headers: { 'X-Logout-Request': '1' } })
    location.reload()
  }
</script>`
    : '<p>You are signed out. <a href="/sign-in">Sign in</a>'
  return new Response(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Backend Logout</title>${body}`, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  })
}
