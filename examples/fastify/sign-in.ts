import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import * as oidc from 'openid-client'

declare module 'fastify' {
  interface Session {
    signIn?: { readonly state: string; readonly verifier: string }
  }
}

/** Options of `signIn`. */
interface SignInOptions {
  readonly provider: () => Promise<oidc.Configuration>
  readonly redirectUri: string
}

/** Signs users in with openid-client, and keeps their tokens in the session. */
export async function signIn(app: FastifyInstance, { provider, redirectUri }: SignInOptions): Promise<void> {
  app.get('/login', async ({ session }, reply) => {
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()]
    session.signIn = { state, verifier }
    const url = oidc.buildAuthorizationUrl(await provider(), {
      redirect_uri: redirectUri,
      scope: 'openid profile offline_access',
      prompt: 'consent',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return reply.redirect(url.href)
  })

  app.get('/callback', async (request, reply) => {
    const { state = '', verifier = '' } = request.session.signIn ?? {}
    const tokens = await oidc.authorizationCodeGrant(await provider(), new URL(request.url, redirectUri), {
      expectedState: state,
      pkceCodeVerifier: verifier,
    })
    // A new id prevents session fixation.
    await request.session.regenerate()
    request.session.tokens = {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      idToken: tokens.id_token,
    }
    request.session.csrfToken = randomUUID()
    return reply.redirect('/')
  })
}
