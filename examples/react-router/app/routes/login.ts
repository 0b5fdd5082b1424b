import * as oidc from 'openid-client'
import { redirect } from 'react-router'
import { discover, redirectUri } from '../provider.server'
import { storage } from '../sessions.server'

export async function loader(): Promise<Response> {
  const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()]
  const url = oidc.buildAuthorizationUrl(await discover(), {
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    prompt: 'consent',
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const session = await storage.getSession()
  session.set('signIn', { state, verifier })
  return redirect(url.href, { headers: { 'set-cookie': await storage.commitSession(session) } })
}
