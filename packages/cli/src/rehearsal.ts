import { createLogoutClientFromEnv } from '@backend-logout/node'
import type { Settings } from './connection.ts'

const NOWHERE = 'https://nowhere.invalid'

/**
 * Makes one request that goes nowhere, with a client that signs its requests. A key is only imported for the first
 * request, so this finds a wrong one before anything is opened or sent.
 *
 * @throws LogoutError `invalid_options`
 */
export async function rehearse({ env }: Settings): Promise<void> {
  if (!signsAssertions(env)) return
  const hasIssuer = Boolean(env.AUTHING_APP_HOST?.trim() || env.AUTHING_APP_ISSUER?.trim())
  const place = hasIssuer ? { appHost: NOWHERE } : { endpoints: { revocation: NOWHERE } }
  const client = createLogoutClientFromEnv({ ...place, fetch: async () => new Response() }, env)
  await client.revokeToken('rehearsal')
}

/** True if the application authenticates by signed assertions. */
export function signsAssertions(env: Settings['env']): boolean {
  const method = env.AUTHING_APP_CLIENT_AUTH?.trim()
  return method ? method.endsWith('_jwt') : Boolean(env.AUTHING_APP_PRIVATE_KEY_FILE?.trim())
}
