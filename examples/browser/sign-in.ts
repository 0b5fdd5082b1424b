import type { StoredTokens } from '@backend-logout/browser-proxy/server'
import type { Emulator } from '@backend-logout/emulator'
import * as oidc from 'openid-client'

/** The signed-in user, with the tokens that the backend keeps. */
export interface SignedIn {
  readonly user: string
  readonly tokens: StoredTokens & { readonly accessToken: string }
}

/** The authorization-code flow. */
export interface SignIn {
  /** The address to which the browser is redirected. */
  start(): Promise<URL>
  /** The parameters with which it returns. @throws Error if it does not belong to a sign-in that was started here */
  finish(callback: URL): Promise<SignedIn>
}

/** Prepares signing in at the provider. */
export async function createSignIn({ issuer, app }: Emulator, redirectUri: string): Promise<SignIn> {
  const config = await oidc.discovery(new URL(issuer), app.appId, undefined, oidc.ClientSecretPost(app.appSecret), {
    // The provider runs on this machine.
    execute: [oidc.allowInsecureRequests],
  })
  const verifiers = new Map<string, string>()
  return {
    async start() {
      const state = oidc.randomState()
      const verifier = oidc.randomPKCECodeVerifier()
      verifiers.set(state, verifier)
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile offline_access',
        prompt: 'consent',
        state,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
    },
    async finish(callback) {
      const state = callback.searchParams.get('state') ?? ''
      const verifier = verifiers.get(state)
      if (!verifier) throw new Error('This sign-in was not started here.')
      verifiers.delete(state)
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
      })
      const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = tokens
      return { user: tokens.claims()?.sub ?? '', tokens: { accessToken, refreshToken, idToken } }
    },
  }
}
