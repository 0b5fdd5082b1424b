import {
  copyOptions,
  createLogoutClient as createCoreClient,
  type LogoutClient,
  type LogoutClientOptions,
} from '@backend-logout/core'
import type { DenoConnectionOptions } from './connection-options.ts'
import { createDenoTransport } from './transport.ts'

/** Options of {@link createLogoutClient}: those of core, and how Deno connects. */
export type DenoLogoutClientOptions = LogoutClientOptions & DenoConnectionOptions

/** A {@link LogoutClient} that can be closed, also by `using`. */
export interface DenoLogoutClient extends LogoutClient, Disposable {
  /**
   * Closes the client's own connections, which it opens with `tls`, `proxy` or `pool`. Later calls reject with
   * `aborted`.
   */
  close(): void
}

/** The options that are not core's. */
const OWN = { tls: undefined, proxy: undefined, pool: undefined } satisfies Record<
  keyof DenoConnectionOptions,
  undefined
>

/**
 * Creates a client that sends over Deno's `fetch`. Checks and copies the options; sends nothing yet. A permission that
 * is missing later rejects the call with `invalid_options`, immediately and without a retry; the message names the
 * flag, such as `--allow-net=example.genauth.ai`.
 *
 * @throws LogoutError `invalid_options`
 * @example
 * ```ts
 * import { createLogoutClient } from '@backend-logout/deno'
 *
 * using client = createLogoutClient({
 *   appId: 'app',
 *   appSecret: 'secret',
 *   appHost: 'https://example.genauth.ai',
 *   proxy: 'http://proxy.example.com:3128',
 * })
 * await client.revokeToken('the access token')
 * ```
 */
export function createLogoutClient(options: DenoLogoutClientOptions): DenoLogoutClient {
  const { transport, close } = createDenoTransport(options ?? {})
  try {
    const client = createCoreClient(options && { ...copyOptions<LogoutClientOptions>(options), ...OWN, transport })
    return Object.freeze({ ...client, close, [Symbol.dispose]: close })
  } catch (error) {
    close()
    throw error
  }
}
