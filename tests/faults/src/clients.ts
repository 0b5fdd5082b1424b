import { createLogoutClient, type LogoutClient, type LogoutClientOptions } from '@backend-logout/core'
import { createLogoutClient as createNodeLogoutClient } from '@backend-logout/node'

/** A client, and the function that closes it. */
export interface OwnedClient {
  readonly client: LogoutClient
  readonly close: () => Promise<void>
}

/** One of the ways of creating a client. */
export interface ClientFactory {
  readonly name: string
  readonly create: (options: LogoutClientOptions) => OwnedClient
}

/** Every client of this project that runs on Node.js: each of them must pass every test here. */
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
