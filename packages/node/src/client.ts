/// <reference lib="esnext.disposable" preserve="true" />
import {
  copyOptions,
  createLogoutClient as createClient,
  invalidOption,
  type LogoutClient,
  type LogoutClientOptions,
} from '@backend-logout/core'
import type { NodeConnectionOptions } from './connection-options.ts'
import { checkConnections } from './connections.ts'
import { poolTransport } from './pool-transport.ts'
import { checkProxy, type EnvironmentVariables } from './proxy.ts'

/** Options of {@link createLogoutClient}: those of core, and how to connect. */
export type NodeLogoutClientOptions = LogoutClientOptions & NodeConnectionOptions

/** A client with its own connections. Create one for the whole application, and close it when the application ends. */
export interface NodeLogoutClient extends LogoutClient {
  /**
   * Waits for the requests in progress and closes all connections; later calls reject with `aborted`. The process can
   * exit without it: idle connections do not keep it alive. Does nothing for a client with your own `fetch` or
   * `transport`.
   */
  close(): Promise<void>
  /** Same as {@link NodeLogoutClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Creates a client that keeps connections open between calls and uses the proxy configured in the environment. Checks
 * and copies the options; sends nothing yet.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/node'
 *
 * await using client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' })
 * await client.revokeToken('the access token')
 * ```
 */
export function createLogoutClient(options: NodeLogoutClientOptions): NodeLogoutClient {
  return createNodeClient(options, process.env)
}

/** {@link createLogoutClient} with another environment. */
export function createNodeClient(options: NodeLogoutClientOptions, env: EnvironmentVariables): NodeLogoutClient {
  const { connections, proxy, tls, fetch, transport, allowInsecureHttp = false } = options ?? {}
  if (fetch !== undefined || transport !== undefined) {
    const given = Object.entries({ connections, proxy, tls }).find(([, value]) => value !== undefined)
    if (given) invalidOption(given[0], 'has no effect on your own fetch or transport.')
    return closable(createClient(options), async () => {})
  }
  if (proxy) checkProxy(proxy, 'proxy')
  const pools = poolTransport(checkConnections({ connections, tls }), { proxy, env, allowInsecureHttp })
  const own = { connections: undefined, proxy: undefined, tls: undefined }
  return closable(createClient(options && { ...copyOptions(options), ...own, transport: pools }), () => pools.close())
}

function closable(client: LogoutClient, close: () => Promise<void>): NodeLogoutClient {
  return Object.freeze({ ...client, close, [Symbol.asyncDispose]: close })
}
