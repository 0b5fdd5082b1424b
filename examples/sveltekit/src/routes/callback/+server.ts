import { type RequestHandler, redirect } from '@sveltejs/kit'
import * as oidc from 'openid-client'
import { discover, redirectUri } from '#lib/server/provider.ts'
import { COOKIE, sessions } from '#lib/server/sessions.ts'

export const GET: RequestHandler = async ({ url, cookies }) => {
  const before = cookies.get(COOKIE) ?? ''
  const { state = '', verifier = '' } = sessions.get(before)?.signIn ?? {}
  const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(url.search, redirectUri), {
    expectedState: state,
    pkceCodeVerifier: verifier,
  })
  // A new id prevents session fixation.
  sessions.delete(before)
  const id = crypto.randomUUID()
  sessions.set(id, {
    tokens: { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, idToken: tokens.id_token },
    csrfToken: crypto.randomUUID(),
  })
  cookies.set(COOKIE, id, { path: '/', secure: true, httpOnly: true, sameSite: 'lax' })
  redirect(302, '/')
}
