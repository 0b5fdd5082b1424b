import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { loginPage } from './pages.ts'
import { readForm } from './request-body.ts'

/** The path of the login pages. */
export const LOGIN_PATH = '/interaction/'

/**
 * Shows the login page, or finishes the login that its form was sent for.
 *
 * @returns True if the path is that of a login.
 */
export async function answerLogin(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<boolean> {
  if (!request.url?.startsWith(LOGIN_PATH)) return false
  let details: Awaited<ReturnType<Provider['interactionDetails']>>
  try {
    details = await provider.interactionDetails(request, response)
  } catch {
    response
      .writeHead(400, { 'content-type': 'text/plain' })
      .end('This login has expired. Start again at the application.')
    return true
  }
  const login = readForm(request, body)?.get('login')
  if (request.method === 'POST' && login) {
    // The login includes consent; the grant is created when the provider requests it.
    await provider.interactionFinished(request, response, { login: { accountId: login }, consent: {} })
    return true
  }
  const client = await provider.Client.find(String(details.params.client_id))
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(loginPage(client?.clientName ?? String(details.params.client_id)))
  return true
}
