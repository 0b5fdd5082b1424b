import { randomUUID } from 'node:crypto'
import { Router } from 'express'
import * as oidc from 'openid-client'
import './logout.ts'

declare module 'express-session' {
  interface SessionData {
    signIn: { readonly state: string; readonly verifier: string }
  }
}

/** Signs users in with openid-client, and keeps their tokens in the session. */
export function signIn(provider: () => Promise<oidc.Configuration>, redirectUri: string): Router {
  const router = Router()

  router.get('/login', async (request, response) => {
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()]
    request.session.signIn = { state, verifier }
    const url = oidc.buildAuthorizationUrl(await provider(), {
      redirect_uri: redirectUri,
      scope: 'openid profile offline_access',
      prompt: 'consent',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    response.redirect(url.href)
  })

  router.get('/callback', async (request, response) => {
    const { state = '', verifier = '' } = request.session.signIn ?? {}
    const tokens = await oidc.authorizationCodeGrant(await provider(), new URL(request.originalUrl, redirectUri), {
      expectedState: state,
      pkceCodeVerifier: verifier,
    })
    // A new id prevents session fixation.
    await new Promise<void>((resolve, reject) => {
      request.session.regenerate((error) => (error ? reject(error) : resolve()))
    })
    request.session.tokens = {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      idToken: tokens.id_token,
    }
    request.session.csrfToken = randomUUID()
    response.redirect('/')
  })

  return router
}
