import { createLogoutClient, isLogoutError, type LogoutClient, type Revocation } from '@backend-logout/core'
import { createLogoutClientFromEnv, createLogoutClient as createNodeClient } from '@backend-logout/node'

const options = { appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' }
const client: LogoutClient = createLogoutClient(options)
const nodeClient: LogoutClient = createNodeClient(options)

export async function logOut(accessToken: string): Promise<boolean> {
  try {
    return await client.revokeToken(accessToken, { verify: true })
  } catch (error) {
    if (isLogoutError(error) && error.code === 'rate_limited') return error.retryAfterMs === undefined
    throw error
  }
}

export async function logOutMany(tokens: string[]): Promise<Revocation[]> {
  const revocations: Revocation[] = []
  for await (const revocation of nodeClient.revokeTokens(tokens)) revocations.push(revocation)
  return revocations
}

// @ts-expect-error exactly one of appHost, issuer and endpoints
createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai', issuer: 'https://id.example.com' })

export { createLogoutClientFromEnv }
