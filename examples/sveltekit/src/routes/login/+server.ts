import { type RequestHandler, redirect } from '@sveltejs/kit'
import * as oidc from 'openid-client'
import { discover, redirectUri } from '#lib/server/provider.ts'
import { COOKIE, sessions } from '#lib/server/sessions.ts'

export const GET: RequestHandler = async ({ cookies }) => {
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
  sessions.set(id, { signIn: { state, verifier } })
  cookies.set(COOKIE, id, { path: '/', secure: true, httpOnly: true, sameSite: 'lax' })
  redirect(302, url, { external: [url.origin] })
}
