import type { components } from '../generated/revocation-feed.ts'

/** A refusal, as problem details of RFC 9457. */
export type Problem = components['schemas']['Problem']
/** Reason for a refusal. */
export type ProblemCode = components['schemas']['ProblemCode']

const STATUS: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  malformed_request: [400, 'Bad Request'],
  unauthorized: [401, 'Unauthorized'],
  method_not_allowed: [405, 'Method Not Allowed'],
  cursor_gone: [410, 'Gone'],
  too_many_requests: [429, 'Too Many Requests'],
  log_unavailable: [503, 'Service Unavailable'],
  busy: [503, 'Service Unavailable'],
}

/** Headers of every response. There is never a CORS header: this is not for pages. */
export const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** The response to a request that is refused. */
export function refusal(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const [status, title] = STATUS[code]
  const problem: Problem = { type: 'about:blank', title, status, code, detail }
  return new Response(JSON.stringify(problem), {
    status,
    headers: { ...headers, ...ALWAYS, 'content-type': 'application/problem+json' },
  })
}
