import * as oidc from 'openid-client'
import { type LoaderFunctionArgs, redirect } from 'react-router'
import { discover, redirectUri } from '../provider.server'
import { sessionOf, storage } from '../sessions.server'

export async function loader({ request }: LoaderFunctionArgs): Promise<Response> {
  const before = await sessionOf(request)
  const { state = '', verifier = '' } = before.get('signIn') ?? {}
  const { search } = new URL(request.url)
  const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(search, redirectUri), {
    expectedState: state,
    pkceCodeVerifier: verifier,
  })
  // A new id prevents session fixation.
  await storage.destroySession(before)
  const session = await storage.getSession()
  session.set('tokens', {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    idToken: tokens.id_token,
  })
  session.set('csrfToken', crypto.randomUUID())
  return redirect('/', { headers: { 'set-cookie': await storage.commitSession(session) } })
}
