import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { BackchannelLogout } from './backchannel-logout.ts'
import { answerCrossOrigin } from './cross-origin.ts'
import { type CustomPaths, findRoute } from './endpoints.ts'
import { type Faults, rehearse } from './faults.ts'
import { HttpProblem } from './http-problem.ts'
import { answerLogin, LOGIN_PATH } from './login.ts'
import { answerLogout } from './logout.ts'
import { answerManagement } from './management.ts'
import type { ManagementAccess } from './management-signature.ts'
import type { OwnAddress } from './own-address.ts'
import { copyRequest, readBody, readForm } from './request-body.ts'
import type { RequestLog } from './request-log.ts'
import type { MemoryStore } from './store.ts'
import type { StructuredTokens } from './structured-token.ts'
import { translateRequest } from './token-translation.ts'
import type { Webhooks } from './webhooks.ts'

interface ListenerSettings {
  readonly appHost: string
  readonly address: OwnAddress
  readonly provider: Provider
  readonly store: MemoryStore
  readonly backchannel: BackchannelLogout
  readonly access: ManagementAccess
  readonly webhooks: Webhooks
  readonly tokens: StructuredTokens
  readonly faults: Faults
  readonly requests: RequestLog
  readonly cors: boolean
  readonly logoutRedirectUris: readonly string[]
  readonly paths: CustomPaths
  /** Handles the requests that control the emulator; returns whether a request was one. */
  readonly control: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Is aborted when the emulator closes. */
  readonly closing: AbortSignal
}

/**
 * Handles every request: it checks the host, then applies queued responses, then passes it to the provider and its
 * pages.
 */
export function createRequestListener(settings: ListenerSettings): RequestListener {
  const { address, provider, tokens, faults, requests, closing } = settings
  const { host } = new URL(settings.appHost)
  const callback = provider.callback()

  async function listen(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.url = address.pathOf(request)
    if (request.method === 'POST' && request.url.startsWith(LOGIN_PATH)) address.refuseForeignPages(request)
    if (await settings.control(request, response)) return
    if (answerCrossOrigin(settings.cors, request, response)) return
    const body = await readBody(request)
    const { endpoint } = findRoute(request.url ?? '/', settings.paths)
    const fault = faults.take(endpoint)
    if (endpoint)
      requests.add(request, response, { endpoint, form: readForm(request, body), rehearsed: fault !== undefined })
    if (fault?.handled) await answer(request, new ServerResponse(request), body)
    if (fault && (await rehearse(fault, response, closing))) return
    await answer(request, response, body)
  }

  async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const url = request.url ?? '/'
    const { endpoint, protocolUrl, mount } = findRoute(url, settings.paths)
    if (protocolUrl !== undefined) {
      const { authorization } = request.headers
      const translated = await translateRequest(tokens, { form: readForm(request, body), body, authorization })
      // The provider builds its URLs from `Host`; a client that used `localhost` gets the same ones as any other.
      const headers = { ...translated.headers, host }
      const originalUrl = `${mount}${protocolUrl}`
      const copy = copyRequest(request, { url: protocolUrl, originalUrl, body: translated.body, headers })
      await callback(copy, response)
    } else if (endpoint === 'logout') {
      await answerLogout(settings, request, response)
    } else if (endpoint === 'kick_users' || endpoint === 'check_session_status') {
      await answerManagement(settings, request, response, body)
    } else if (!(await answerLogin(provider, request, response, body))) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
    }
  }

  return (request, response) => {
    listen(request, response).catch((error: unknown) => {
      if (response.headersSent || closing.aborted) response.destroy()
      else if (error instanceof HttpProblem) refuse(response, error)
      else response.writeHead(500, { 'content-type': 'text/plain' }).end('The emulator failed to answer.')
    })
  }
}

/** Refuses as an endpoint of OAuth does, so that clients show the reason. */
function refuse(response: ServerResponse, { status, message }: HttpProblem): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(JSON.stringify({ error: 'invalid_request', error_description: message }))
}
