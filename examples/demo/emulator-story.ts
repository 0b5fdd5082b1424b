import { startEmulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { logOutEverywhere } from './local-check-story.ts'
import { expectStep, say } from './steps.ts'

/**
 * Signs a user in at a local provider, revokes the access token, and shows that it is no longer accepted: by the
 * provider, and then by an API that never queries the provider.
 *
 * @throws Error at the first step that fails
 */
export async function logOutAtEmulator(): Promise<void> {
  await using provider = await startEmulator()
  const { appId, appSecret } = provider.app
  if (appSecret === undefined) throw new Error('The default application has no secret.')
  await using client = createLogoutClient({ appId, appSecret, appHost: provider.appHost })
  const callApi = async (token: string): Promise<number> => {
    const response = await fetch(`${provider.appHost}/oidc/me`, { headers: { authorization: `Bearer ${token}` } })
    await response.body?.cancel()
    return response.status
  }
  say('A local provider is running', provider.appHost)

  const { accessToken } = await provider.signIn('alice')
  say('Alice has signed in, with an authorization code and PKCE', `${accessToken.length} characters of access token`)
  expectStep('The API accepts her access token', 'GET /oidc/me', await callApi(accessToken), 200)

  expectStep(
    'Alice logs out: the backend revokes the token',
    'revokeToken()',
    await client.revokeToken(accessToken),
    true,
  )

  expectStep('The API refuses the token now', 'GET /oidc/me', await callApi(accessToken), 401)
  const { active } = await client.introspectToken(accessToken)
  expectStep('The provider reports it as inactive', 'introspectToken()', active, false)

  await logOutEverywhere(provider)
}
