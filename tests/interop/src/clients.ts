import type { LogoutClient, LogoutClientOptions } from '@backend-logout/core'
import * as core from '@backend-logout/core'
import * as node from '@backend-logout/node'
import { Agent, fetch } from 'undici'

/** The certificates that a client trusts, and those that it presents, in PEM. */
export interface TlsOptions {
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

/** One of our packages, as a way of creating a client. */
export interface ClientPackage {
  readonly name: '@backend-logout/core' | '@backend-logout/node'
  create(options: LogoutClientOptions, tls: TlsOptions | undefined): LogoutClient & Partial<AsyncDisposable>
}

/** Over the global `fetch`; certificates require one that supports them. */
export const coreClient: ClientPackage = {
  name: '@backend-logout/core',
  create: (options, tls) => core.createLogoutClient({ ...options, ...(tls && { fetch: fetchWith(tls) }) }),
}

/** Over its own connections. */
export const nodeClient: ClientPackage = {
  name: '@backend-logout/node',
  create: (options, tls) => node.createLogoutClient({ ...options, tls, proxy: false }),
}

/** Creates a `fetch` that uses certificates. */
export function fetchWith(tls: TlsOptions): typeof globalThis.fetch {
  const dispatcher = new Agent({ connect: tls })
  return ((url: string, init: object) => fetch(url, { ...init, dispatcher })) as never
}
