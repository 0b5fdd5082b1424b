import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'

/** One published version of a package. */
interface Published {
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
  readonly files: ReadonlyMap<string, Buffer>
}

/** A registry on loopback that `deno publish` and `deno add` use as they use jsr.io, when `JSR_URL` names it. */
export interface JsrRegistry {
  readonly url: string
  /** The version of a package; throws where it was not published. */
  versionOf(name: string): string
  close(): void
}

const PUBLISHING = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)\/versions\/([^/?]+)/
const SERVING = /^\/(@[^/]+\/[^/]+)\/(.+)$/

/**
 * Starts the registry. It does the little that publishing and installing need, and checks nothing: the checks of
 * jsr.io are those of `deno publish --dry-run`.
 */
export async function startJsrRegistry(): Promise<JsrRegistry> {
  const packages = new Map<string, Published>()

  const answer = async (method: string, path: string, body: () => Promise<Buffer>): Promise<unknown> => {
    const [, scope, name, version] = PUBLISHING.exec(path) ?? []
    if (version !== undefined) {
      const id = `@${scope}/${name}`
      if (method === 'POST') packages.set(id, await unpack(await body(), version))
      // Not there yet: `deno publish` then goes on, and asks for nothing else that matters.
      return method === 'POST' ? { id, status: 'success', error: null } : undefined
    }
    if (path.startsWith('/api/')) return {}
    const [, id = '', rest = ''] = SERVING.exec(path) ?? []
    const found = packages.get(id)
    if (!found) return undefined
    if (rest === 'meta.json') return { latest: found.version, versions: { [found.version]: {} } }
    if (rest === `${found.version}_meta.json`) return { manifest: manifestOf(found), exports: found.exports }
    return found.files.get(rest.slice(found.version.length))
  }

  const server = createServer(async (request, response) => {
    const result = await answer(request.method ?? 'GET', request.url ?? '/', () => buffer(request))
    if (result instanceof Buffer) return response.setHeader('content-type', 'text/typescript').end(result)
    response.writeHead(result === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(result ?? { code: 'notFound', message: 'There is no such package.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    versionOf(name) {
      const found = packages.get(name)
      if (!found) throw new Error(`${name} was not published.`)
      return found.version
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function unpack(archive: Buffer, version: string): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-jsr-'))
  try {
    await new Promise<void>((resolve, reject) => {
      const tar = execFile('tar', ['-xz', '-C', folder], (error) => (error ? reject(error) : resolve()))
      tar.stdin?.end(archive)
    })
    const files = new Map<string, Buffer>()
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) files.set(`/${relative(folder, path)}`, await readFile(path))
    }
    const { exports } = JSON.parse(String(files.get('/deno.json'))) as { exports: string | Record<string, string> }
    return { version, files, exports: typeof exports === 'string' ? { '.': exports } : exports }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function manifestOf({ files }: Published): Record<string, { size: number; checksum: string }> {
  return Object.fromEntries(
    [...files].map(([path, content]) => {
      const checksum = `sha256-${createHash('sha256').update(content).digest('hex')}`
      return [path, { size: content.length, checksum }]
    }),
  )
}
