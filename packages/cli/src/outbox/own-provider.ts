import { createLogoutClientFromEnv, type LogoutClient } from '@backend-logout/node'
import type { Terminal } from '../terminal/terminal.ts'

/** The variables that name the application and its provider, without those of its credentials and connections. */
const NAMING = [
  'AUTHING_APP_ID',
  'AUTHING_APP_HOST',
  'AUTHING_APP_ISSUER',
  'AUTHING_APP_REVOCATION_ENDPOINT',
  'AUTHING_APP_INTROSPECTION_ENDPOINT',
  'AUTHING_APP_END_SESSION_ENDPOINT',
  'AUTHING_APP_PROTOCOL',
  'AUTHING_APP_ALLOW_INSECURE_HTTP',
]
const [ID, ...PLACES] = NAMING.slice(0, 6) as [string, ...string[]]

/**
 * The client that names the application and the provider of logouts that are added here, so that no worker sends their
 * tokens to another one. It is made as a worker makes its own, because the names must be the same; it sends nothing, and
 * needs no credentials.
 *
 * @returns `undefined` unless the environment names both
 * @throws LogoutError `invalid_options`
 */
export function ownProvider({ env }: Terminal): LogoutClient | undefined {
  const isSet = (name: string): boolean => Boolean(env[name]?.trim())
  if (!isSet(ID) || !PLACES.some(isSet)) return undefined
  const naming = Object.fromEntries(NAMING.map((name) => [name, env[name]]))
  return createLogoutClientFromEnv({ clientAuth: 'none', fetch }, naming)
}
