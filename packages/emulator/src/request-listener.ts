import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { findRoute } from './endpoints.ts'
import { answerLogin } from './login.ts'
import { copyRequest, readBody, readForm } from './request-body.ts'
import type { StructuredTokens } from './structured-token.ts'
import { translateRequest } from './token-translation.ts'

interface ListenerSettings {
  readonly appHost: string
  readonly provider: Provider
  readonly tokens: StructuredTokens
}

/** The way of every request: to the provider, or to the pages around it. */
export function createRequestListener(settings: ListenerSettings): RequestListener {
  const { appHost, provider, tokens } = settings
  const { host } = new URL(appHost)
  const callback = provider.callback()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/'
    const body = await readBody(request)
    const { protocolUrl } = findRoute(url)

    if (protocolUrl !== undefined) {
      const { authorization } = request.headers
      const translated = await translateRequest(tokens, { form: readForm(request, body), body, authorization })
      // The provider builds its URLs from `Host`; a client that came as `localhost` is told the same ones as any other.
      const headers = { ...translated.headers, host }
      await callback(
        copyRequest(request, { url: protocolUrl, originalUrl: url, body: translated.body, headers }),
        response,
      )
      return
    }
    if (await answerLogin(provider, request, response, body)) return
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
  }

  return (request, response) => {
    answer(request, response).catch(() => response.destroy())
  }
}
