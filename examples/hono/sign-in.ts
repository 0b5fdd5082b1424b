import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import * as oidc from 'openid-client'
import { COOKIE, type SessionStore } from './session.ts'

/** The application at the provider. */
export interface Provider {
  readonly appId: string
  readonly appSecret: string
  readonly appHost: string
}

/** Signs users in with openid-client, and keeps their tokens in the session. */
export function signIn({ appId, appSecret, appHost }: Provider, redirectUri: string, sessions: SessionStore): Hono {
  // Once for each sign-in: on Workers, a request cannot wait for the work of another request.
  const discover = (): Promise<oidc.Configuration> =>
    oidc.discovery(
      new URL(`${appHost}/oidc`),
      appId,
      undefined,
      oidc.ClientSecretPost(appSecret),
      // Only for a provider on this machine.
      appHost.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {},
    )
  const cookie = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const
  const app = new Hono()

  app.get('/login', async (context) => {
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()]
    const url = oidc.buildAuthorizationUrl(await discover(), {
      redirect_uri: redirectUri,
      scope: 'openid profile offline_access',
      prompt: 'consent',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const id = crypto.randomUUID()
    await sessions.set(id, { signIn: { state, verifier } })
    setCookie(context, COOKIE, id, cookie)
    return context.redirect(url.href)
  })

  app.get('/callback', async (context) => {
    const before = getCookie(context, COOKIE) ?? ''
    const { state = '', verifier = '' } = (await sessions.get(before))?.signIn ?? {}
    const { search } = new URL(context.req.url)
    const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(search, redirectUri), {
      expectedState: state,
      pkceCodeVerifier: verifier,
    })
    // A new id prevents session fixation.
    await sessions.delete(before)
    const id = crypto.randomUUID()
    await sessions.set(id, {
      tokens: { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, idToken: tokens.id_token },
      csrfToken: crypto.randomUUID(),
    })
    setCookie(context, COOKIE, id, cookie)
    return context.redirect('/')
  })

  return app
}
