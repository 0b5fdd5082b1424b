import type { ClientAuthMethod } from './client-auth.ts'

/**
 * The method of a client without the option `clientAuth`. For `issuer` it is `undefined`: the provider's metadata
 * decides, at each call.
 */
export function defaultAuthMethod(
  location: 'genauth' | 'issuer' | 'endpoints',
  appSecret: string | undefined,
): ClientAuthMethod | undefined {
  if (location === 'issuer') return undefined
  if (appSecret === undefined) return 'none'
  return location === 'genauth' ? 'client_secret_post' : 'client_secret_basic'
}
