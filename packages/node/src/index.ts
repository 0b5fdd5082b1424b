/**
 * Revokes tokens at GenAuth or any RFC 7009 provider, from Node.js: `@backend-logout/core` with keep-alive connections,
 * proxies, certificates, and settings from environment variables.
 *
 * @module
 */
export * from '@backend-logout/core'
export { createLogoutClient, type NodeLogoutClient, type NodeLogoutClientOptions } from './client.ts'
export type { NodeConnectionOptions, NodeTlsOptions } from './connection-options.ts'
export { createLogoutClientFromEnv, type EnvironmentOptions } from './environment.ts'
export type { EnvironmentVariables } from './proxy.ts'
