import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import {
  cookieSession,
  createLogoutHandler,
  type LogoutHandlerOptions,
  type LogoutOutbox,
} from '@backend-logout/browser-proxy/server'
import type { Emulator } from '@backend-logout/emulator'
import { build } from 'esbuild'
import type { ProviderMode, ProviderWatch } from './provider-watch.ts'
import type { SignedIn, SignIn } from './sign-in.ts'

interface BackendOptions {
  readonly url: string
  readonly provider: Emulator
  readonly client: LogoutHandlerOptions['client']
  readonly outbox: LogoutOutbox
  readonly watch: ProviderWatch
  readonly signIn: SignIn
}

const COOKIE = 'session'

/** A small web application: a page, sessions in memory, an API at the provider, and the logout endpoint. */
export async function createBackend(options: BackendOptions): Promise<RequestListener> {
  const { url, provider, client, outbox, watch, signIn } = options
  const sessions = new Map<string, SignedIn>()
  let stolenToken: string | undefined

  // A real application calls it __Host-session and leaves `secure` alone. This one is served over plain http.
  const session = cookieSession({
    name: COOKIE,
    secure: false,
    read: (id) => sessions.get(id)?.tokens,
    clear: (id) => sessions.delete(id),
  })
  const guarded = {
    client,
    session,
    allowedOrigins: [url],
    returnTo: [url],
    revokeTimeoutMs: 3_000,
  }
  const logout = createLogoutHandler(guarded)
  const logoutWithOutbox = createLogoutHandler({ ...guarded, outbox })

  const callApi = async (token: string | undefined): Promise<number> => {
    const answer = await fetch(`${provider.issuer}/me`, { headers: { authorization: `Bearer ${token}` } })
    await answer.body?.cancel()
    return answer.status
  }
  const sessionOf = (request: IncomingMessage): SignedIn | undefined =>
    sessions.get(/(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')

  const page = await readPage()
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    'GET /': (_request, response) => send(response, 'text/html; charset=utf-8', page.html),
    'GET /page.js': (_request, response) => send(response, 'text/javascript', page.script),
    'GET /style.css': (_request, response) => send(response, 'text/css', page.style),
    'GET /sign-in': async (_request, response) => redirect(response, (await signIn.start()).href),
    'GET /callback': async (request, response) => {
      const id = randomUUID()
      const signedIn = await signIn.finish(new URL(request.url ?? '', url))
      sessions.set(id, signedIn)
      stolenToken = signedIn.tokens.accessToken
      redirect(response, '/', { 'set-cookie': `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax` })
    },
    'GET /session': (request, response) => json(response, { user: sessionOf(request)?.user ?? null }),
    'GET /api': async (request, response) => {
      json(response, { status: await callApi(sessionOf(request)?.tokens.accessToken) })
    },
    // For the demonstration only: the attack of someone who has stolen the last access token.
    'GET /stolen': async (_request, response) => json(response, { status: await callApi(stolenToken) }),
    'GET /provider': (_request, response) => watch.follow(response),
    'POST /provider': async (request, response) => {
      const { mode, useOutbox } = (await readJson(request)) as { mode: ProviderMode; useOutbox: boolean }
      watch.useOutbox = useOutbox
      watch.setMode(mode)
      response.writeHead(204).end()
    },
  }
  const endpoint = toNodeHandler((request) => (watch.useOutbox ? logoutWithOutbox : logout)(request))

  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '', url)
    // All of its methods: the handler refuses those that it does not support.
    if (pathname === '/logout') return endpoint(request, response)
    try {
      const route = routes[`${request.method} ${pathname}`]
      if (route) await route(request, response)
      else response.writeHead(404).end()
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(error instanceof Error ? error.message : 'Failed.')
    }
  }
}

async function readPage(): Promise<{ html: string; style: string; script: string }> {
  const file = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [file('page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const [html, style] = await Promise.all([readFile(file('index.html'), 'utf8'), readFile(file('style.css'), 'utf8')])
  return { html, style, script: outputFiles[0]?.text ?? '' }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

function json(response: ServerResponse, value: unknown): void {
  send(response, 'application/json', JSON.stringify(value))
}

function redirect(response: ServerResponse, location: string, headers: Record<string, string> = {}): void {
  response.writeHead(303, { location, 'cache-control': 'no-store', ...headers }).end()
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}
