import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import {
  cookieSession,
  createLogoutHandler,
  type LogoutHandler,
  type LogoutHandlerOptions,
  type StoredTokens,
} from '@backend-logout/browser-proxy/server'
import type { Emulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { build } from 'esbuild'
import { faultsOfAnswer, faultsOfRequest } from '../../../../packages/browser-proxy/src/testing/contract.ts'

/** A request that arrived at the endpoint, and its response. */
interface Recorded {
  readonly method: string
  readonly headers: Headers
  /** Missing until there is one. */
  status?: number
  clearedCookie?: boolean
  /** The violations of the contract in the request; relevant if the page's side sent it. */
  requestFaults?: string[]
}

/** A web application with a page, a session cookie and the logout endpoint, on loopback. */
export interface WebApplication extends AsyncDisposable {
  readonly port: number
  /** `http://localhost:PORT`. It is the same server as `http://127.0.0.1:PORT`, but another site. */
  readonly origin: string
  readonly sessions: Map<string, StoredTokens>
  readonly requests: Recorded[]
  /** Responds from now on instead of the handler; `undefined` restores the handler. */
  answer: LogoutHandler | undefined
}

const COOKIE = '__Host-session'

const { outputFiles } = await build({
  stdin: {
    contents: "export * from '@backend-logout/browser-proxy/client'",
    resolveDir: fileURLToPath(new URL('.', import.meta.url)),
  },
  bundle: true,
  format: 'esm',
  target: 'es2022',
  write: false,
})
const client = outputFiles[0]?.text ?? ''

/** The page: tests call `window.proxy`; `window.heard` lists the logouts of other tabs. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Application</title><h1>Application</h1>
<button>Log out</button>
<script type="module">
  import * as client from '/client.js'
  window.client = client
  window.proxy = client.createLogout({ endpoint: '/logout', timeoutMs: 8000 })
  window.heard = []
  proxy.onLogout((result) => heard.push(result))
  document.querySelector('button').onclick = () => proxy.logout()
  document.documentElement.dataset.ready = ''
</script></html>`

/**
 * Starts the application.
 *
 * @param headers Further headers of its page, such as a referrer policy.
 */
export async function startWebApplication(
  provider: Emulator,
  options: Partial<LogoutHandlerOptions> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<WebApplication> {
  const sessions = new Map<string, StoredTokens>()
  const requests: Recorded[] = []
  const { appId, appSecret } = provider.app
  const revoker = createLogoutClient({ appId, appSecret, appHost: provider.appHost, retries: 0 })
  const handler = createLogoutHandler({
    client: revoker,
    session: cookieSession({
      name: COOKIE,
      sameSite: 'None',
      read: (id) => sessions.get(id),
      clear: (id) => sessions.delete(id),
    }),
    revokeTimeoutMs: 4_000,
    ...options,
  })
  const endpoint = toNodeHandler(async (request) => {
    const record: Recorded = { method: request.method, headers: new Headers(request.headers) }
    requests.push(record)
    const copy = request.method === 'POST' ? await buffered(request) : request
    record.requestFaults = await faultsOfRequest(copy)
    const answer = await (application.answer ?? handler)(copy)
    record.status = answer.status
    record.clearedCookie = answer.headers.has('set-cookie')
    const faults = application.answer ? [] : await faultsOfAnswer(answer, request.method)
    if (faults.length) throw new Error(`The response violates the contract: ${faults.join('; ')}`)
    return answer
  })
  const signIn = async (response: ServerResponse): Promise<void> => {
    const { accessToken, refreshToken, idToken } = await provider.signIn()
    const id = crypto.randomUUID()
    sessions.set(id, { accessToken, refreshToken, idToken })
    // The attribute that lets other sites send the cookie, so that only the guards protect the user.
    const cookie = `${COOKIE}=${id}; Path=/; Secure; HttpOnly; SameSite=None`
    response.writeHead(303, { location: '/', 'set-cookie': cookie }).end()
  }
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/logout') return endpoint(request, response)
    if (path === '/sign-in') return signIn(response)
    if (path === '/client.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(client)
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(PAGE)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const application: WebApplication = {
    port,
    origin: `http://localhost:${port}`,
    sessions,
    requests,
    answer: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await revoker.close()
    },
  }
  return application
}

/** A request whose body can be read twice. */
async function buffered(request: Request): Promise<Request> {
  const { method, url } = request
  return new Request(url, { method, headers: new Headers(request.headers), body: await request.arrayBuffer() })
}
