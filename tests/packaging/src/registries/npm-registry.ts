import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

// Its declarations use a package that it does not install.
const { runServer } = createRequire(import.meta.url)('verdaccio') as {
  runServer(configuration: object): Promise<Server>
}

export interface NpmRegistry extends AsyncDisposable {
  readonly url: string
}

/**
 * A registry on a free port that stores our packages in a folder. All others come from the registry behind it.
 *
 * @param upstream The registry that this machine uses.
 */
export async function startNpmRegistry(folder: string, upstream: string): Promise<NpmRegistry> {
  const configuration = {
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, maxage: '1h', timeout: '60s' } },
    packages: {
      '@backend-logout/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    max_body_size: '50mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  }
  const server = await runServer(configuration)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
