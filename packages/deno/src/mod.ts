/**
 * Revokes tokens at GenAuth or any RFC 7009 provider, from Deno.
 *
 * @example
 * ```ts
 * import { createLogoutClientFromEnv } from '@backend-logout/deno'
 *
 * using client = createLogoutClientFromEnv() // AUTHING_APP_ID, AUTHING_APP_SECRET, AUTHING_APP_HOST
 * await client.revokeToken('the access token')
 * ```
 *
 * @module
 */
export * from '@backend-logout/core'
export { createLogoutClient, type DenoLogoutClient, type DenoLogoutClientOptions } from './client.ts'
export type { DenoConnectionOptions, DenoPoolOptions, DenoTlsOptions } from './connection-options.ts'
export { createLogoutClientFromEnv, type EnvironmentOptions } from './environment.ts'
