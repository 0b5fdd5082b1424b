/**
 * Revokes tokens at GenAuth or any RFC 7009 provider, from Node.js: everything of `@backend-logout/core`, over kept
 * connections, proxies and certificates, and from environment variables.
 *
 * @module
 */
export * from '@backend-logout/core'
export { createLogoutClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
export type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'
export { createLogoutClientFromEnv, type EnvironmentOptions } from './environment.ts'
export type { EnvironmentVariables } from './proxy.ts'
