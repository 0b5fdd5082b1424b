import type { LogoutAnswer } from './contract.ts'
import type { HttpProblem } from './http-problem.ts'
import type { TokensOutcome } from './revoke-tokens.ts'

const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Headers that the session must not set: only pages of the application's own origin may read a response, and a wrong
 * length or encoding would make the rest of the connection part of it.
 */
const NOT_OF_THE_SESSION =
  /^(?:access-control-.*|connection|content-(?:encoding|length|range)|keep-alive|te|trailer|transfer-encoding|upgrade)$/

/** The body of the response to a logout. */
export function contentOf({ status, logoutUrl, logoutForm, logoutUrlError, listed }: TokensOutcome): LogoutAnswer {
  return {
    status,
    ...(logoutUrl && { logout_url: logoutUrl }),
    ...(logoutForm && { logout_form: logoutForm }),
    ...(logoutUrlError && { logout_url_error: logoutUrlError.code }),
    ...(listed !== undefined && { refused_by_services: listed }),
  }
}

/** The response to a logout, with the headers that end the local session. */
export function answerLogout(answer: LogoutAnswer, session: Headers | undefined, clearSiteData: string): Response {
  const headers = headersOf(session, clearSiteData)
  headers.set('content-type', 'application/json')
  return new Response(JSON.stringify(answer), { status: 200, headers })
}

/** The same for a form, which the browser follows to another page. */
export function answerForm(target: string, session: Headers | undefined, clearSiteData: string): Response {
  const headers = headersOf(session, clearSiteData)
  headers.delete('content-type')
  headers.set('location', target)
  return new Response(null, { status: 303, headers })
}

function headersOf(session: Headers | undefined, clearSiteData: string): Headers {
  const headers = new Headers()
  for (const [name, value] of session ?? []) if (!NOT_OF_THE_SESSION.test(name)) headers.append(name, value)
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value)
  if (clearSiteData) headers.set('clear-site-data', clearSiteData)
  return headers
}

/** The response to a request that does not end in a logout. */
export function answerProblem({ problem, headers }: HttpProblem): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, ...ALWAYS, 'content-type': 'application/problem+json' },
  })
}
