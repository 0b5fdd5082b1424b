import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { bearerAuthorization, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'

/** The outcome of a case, as the runtime reports it. */
export interface Report {
  readonly name: string
  readonly error?: string
  /** The reason why it cannot hold there. */
  readonly cannot?: string
}

/** The address for reports of a runtime, and for the emulator's controls: pages may not use those directly. */
export interface Desk {
  readonly url: string
  /** The runtime's name for itself. */
  readonly runtime: string
  readonly reports: readonly Report[]
  /** Prepares for the next runtime. */
  clear(): void
  close(): void
}

/** Opens a desk in front of an emulator. */
export async function openDesk(appHost: string): Promise<Desk> {
  let runtime = ''
  let reports: Report[] = []
  let trapped = 0
  let mirrored: IncomingHttpHeaders = {}
  let feedState = 'up'
  const issuer = { keys: [] as unknown[], state: 'up', requests: 0 }
  let delivered = ''
  const log = await openRevocationLog({ store: { memory: true } })
  const feed = createRevocationFeedHandler({ log, authorize: bearerAuthorization('the-secret-of-the-feed') })

  const answer = async (path: string, { method, headers }: IncomingMessage, body: string): Promise<unknown> => {
    if (path.startsWith('/emulator/')) {
      const init = method === 'POST' ? { method, headers: { 'content-type': 'application/json' }, body } : {}
      const response = await fetch(appHost + path, init)
      if (!response.ok) throw new Error(await response.text())
      if (path === '/emulator/reset') trapped = 0
      return response.json()
    }
    if (path === '/feed-append') return log.append(JSON.parse(body).entries).then(() => ({}))
    if (path === '/issuer/.well-known/openid-configuration') {
      const own = `http://${headers.host}/issuer`
      return { issuer: own, jwks_uri: `${own}/jwks` }
    }
    if (path === '/issuer/jwks') {
      issuer.requests++
      return { keys: issuer.keys }
    }
    if (path === '/issuer-requests') return issuer.requests
    if (path === '/last-delivered') return delivered
    if (path === '/trapped') return trapped
    if (path === '/mirrored') return mirrored
    if (path === '/announce') ({ runtime } = JSON.parse(body) as { runtime: string })
    else if (path === '/mirror') mirrored = headers
    else if (path === '/feed-state') feedState = JSON.parse(body).state
    else if (path === '/issuer-keys') issuer.keys = JSON.parse(body).keys
    else if (path === '/issuer-state') issuer.state = JSON.parse(body).state
    else if (path === '/delivered') delivered = body
    else if (path === '/report') reports.push(JSON.parse(body) as Report)
    else trapped++
    return {}
  }

  const server = createServer(async (request, response) => {
    const { url: path = '/', method = 'GET', headers } = request
    response.setHeader('access-control-allow-origin', headers.origin ?? '*')
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '*')
    if (method === 'OPTIONS') return response.writeHead(204).end()
    try {
      if (path.startsWith('/feed?') || path === '/feed') {
        if (feedState === 'down') return response.writeHead(503).end()
        if (feedState === 'elsewhere') return response.writeHead(307, { location: '/trap' }).end()
        const leaving = new AbortController()
        response.on('close', () => leaving.abort())
        const { authorization = '' } = headers
        const asked = new Request(`http://desk${path}`, { headers: { authorization }, signal: leaving.signal })
        const answered = await feed(asked)
        return response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(await answered.text())
      }
      if (path === '/issuer/jwks' && issuer.state === 'elsewhere') {
        return response.writeHead(307, { location: '/trap' }).end()
      }
      response.end(JSON.stringify(await answer(path, request, await text(request))))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    get runtime() {
      return runtime
    },
    get reports() {
      return reports
    },
    clear() {
      runtime = ''
      reports = []
    },
    close() {
      log.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
