import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface JsrRegistry extends AsyncDisposable {
  readonly url: string
  /** The settings for publishing. */
  readonly token: string
}

interface Version {
  readonly manifest: Record<string, { readonly size: number; readonly checksum: string }>
  readonly exports: Record<string, string>
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The requests that Deno sends to JSR: the part that accepts a publication, and the files that a program imports. */
export async function startJsrRegistry(folder: string): Promise<JsrRegistry> {
  const packages = new Map<string, Map<string, Version>>()
  const token = randomUUID()

  async function publish(name: string, version: string, configuration: string, tarball: Buffer): Promise<void> {
    const target = join(folder, name, version)
    await mkdir(target, { recursive: true })
    await writeFile(`${target}.tgz`, tarball)
    await promisify(execFile)('tar', ['-xzf', `${target}.tgz`, '-C', target])
    const manifest: Version['manifest'] = {}
    for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      const content = await readFile(path)
      const checksum = `sha256-${createHash('sha256').update(content).digest('hex')}`
      manifest[path.slice(target.length).replaceAll('\\', '/')] = { size: content.length, checksum }
    }
    const { exports } = JSON.parse(await readFile(join(target, configuration), 'utf8'))
    const versions = packages.get(name) ?? new Map<string, Version>()
    packages.set(
      name,
      versions.set(version, { manifest, exports: typeof exports === 'string' ? { '.': exports } : exports }),
    )
  }

  /** The response as JSON; nothing for a file or a missing resource. */
  async function answer(request: IncomingMessage, url: URL): Promise<unknown> {
    const { pathname } = url
    if (pathname.startsWith('/api/publish_tasks/')) return { id: 'task', status: 'success', error: null }
    const publication = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)\/versions\/([^/]+)$/.exec(pathname)
    if (publication) {
      const [, scope, name, version = ''] = publication
      if (request.method !== 'POST') return packages.get(`@${scope}/${name}`)?.get(version)
      if (request.headers.authorization !== `Bearer ${token}`) return undefined
      await publish(`@${scope}/${name}`, version, url.searchParams.get('config') ?? '', await body(request))
      return { id: 'task', status: 'success', error: null }
    }
    if (pathname.startsWith('/api/scopes/')) return {}
    const meta = /^\/(@[^/]+\/[^/]+)\/(?:(.+)_)?meta\.json$/.exec(pathname)
    const [, name = '', version] = meta ?? []
    const versions = packages.get(name)
    if (!versions) return undefined
    if (version !== undefined) return versions.get(version)
    const [scope, short] = name.slice(1).split('/')
    return {
      scope,
      name: short,
      latest: [...versions.keys()].at(-1),
      versions: Object.fromEntries([...versions.keys()].map((key) => [key, {}])),
    }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://jsr')
    const json = await answer(request, url).catch((error: unknown) => ({ code: 'internal', message: String(error) }))
    if (json !== undefined) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(json))
      return
    }
    const [, name = '', version = '', path = ''] = /^\/(@[^/]+\/[^/]+)\/([^/]+)(\/.+)$/.exec(url.pathname) ?? []
    if (!packages.get(name)?.get(version)?.manifest[path]) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":"notFound","message":"not found"}')
      return
    }
    response.setHeader('content-type', path.endsWith('.ts') ? 'text/typescript' : 'text/plain')
    createReadStream(join(folder, name, version, path)).pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    token,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
