import type { LogoutAnswer } from './contract.ts'
import type { Refusal } from './refusal.ts'

// No CORS header among them, ever: only pages of the application's own origin may read an answer.
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The answer to a logout, with the headers that end the local session. */
export function answerLogout(answer: LogoutAnswer, session: Headers, clearSiteData: string): Response {
  const headers = new Headers(session)
  for (const name in ALWAYS) headers.set(name, ALWAYS[name] ?? '')
  headers.set('content-type', 'application/json')
  if (clearSiteData) headers.set('clear-site-data', clearSiteData)
  return new Response(JSON.stringify(answer), { status: 200, headers })
}

/** The answer to a request that is refused. */
export function answerRefusal({ problem, headers }: Refusal): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, ...ALWAYS, 'content-type': 'application/problem+json' },
  })
}
