import * as oidc from 'openid-client'

/** The provider, with the application's settings from the environment. */
export function discover(): Promise<oidc.Configuration> {
  const { AUTHING_APP_HOST = '', AUTHING_APP_ID = '', AUTHING_APP_SECRET = '' } = process.env
  return oidc.discovery(
    new URL(`${AUTHING_APP_HOST}/oidc`),
    AUTHING_APP_ID,
    undefined,
    oidc.ClientSecretPost(AUTHING_APP_SECRET),
    // Only for a provider on this machine.
    AUTHING_APP_HOST.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {},
  )
}

/** The address to which the provider redirects after the sign-in. */
export const redirectUri = `${process.env.APP_ORIGIN ?? 'http://localhost:3000'}/callback`
