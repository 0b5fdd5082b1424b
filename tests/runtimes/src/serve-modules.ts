import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'

/** The packages that modules of the stage import by name. */
const IMPORTS = [
  '@backend-logout/core',
  '@backend-logout/core/jwt',
  '@backend-logout/receiver',
  '@backend-logout/revocations',
  'jose',
  'jose/jwt/sign',
  'jose/key/import',
]

/**
 * Serves a page that runs a module of the stage, and everything that it imports, unbundled: packages from
 * `node_modules`, found through an import map.
 */
export async function serveModules(entry: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const imports = Object.fromEntries(IMPORTS.map((name) => [name, `/@file${fileURLToPath(import.meta.resolve(name))}`]))
  const page = `<!doctype html><title>running</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="${entry}"></script>`

  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    if (path === '/') return response.setHeader('content-type', 'text/html').end(page)
    try {
      const file = path.startsWith('/@file') ? path.slice('/@file'.length) : new URL(`.${path}`, import.meta.url)
      const source = await readFile(file, 'utf8')
      const code = path.endsWith('.ts') ? (await transform(source, { loader: 'ts', target: 'esnext' })).code : source
      response.setHeader('content-type', path.endsWith('.json') ? 'application/json' : 'text/javascript').end(code)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}
