/**
 * Revokes tokens at GenAuth or any RFC 7009 provider, from Node.js.
 *
 * @module
 */
export * from '@backend-logout/core'
