import { createLogoutClient, type LogoutClient, type LogoutClientOptions } from '@backend-logout/core'
import { createLogoutClient as createNodeLogoutClient } from '@backend-logout/node'

/** A client and what must be done once it is no longer needed. */
export interface OwnedClient {
  readonly client: LogoutClient
  readonly close: () => Promise<void>
}

/** One of the ways in which people get a client. */
export interface ClientFactory {
  readonly name: string
  readonly create: (options: LogoutClientOptions) => OwnedClient
}

/** Every client of ours that runs on Node: all of them must pass every test here. */
export const clients: readonly ClientFactory[] = [
  {
    name: 'core over fetch',
    create: (options) => ({ client: createLogoutClient(options), close: async () => {} }),
  },
  {
    name: 'node over undici',
    create: (options) => {
      const client = createNodeLogoutClient(options)
      return { client, close: () => client.close() }
    },
  },
]
