import type { Problem, ProblemCode } from './contract.ts'

const STATUS: Readonly<Record<ProblemCode, number>> = {
  malformed_request: 400,
  method_not_allowed: 405,
  prefetch: 403,
  header_missing: 403,
  foreign_origin: 403,
  csrf_mismatch: 403,
  cross_site: 403,
  too_many_requests: 429,
  unsupported_media_type: 415,
  body_too_large: 413,
  incomplete_body: 400,
  malformed_body: 400,
  token_required: 400,
  token_not_accepted: 400,
  return_to_not_allowed: 400,
  session_not_ended: 500,
  internal_error: 500,
}

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

/** Ends the handling of a request without a logout. Its detail must contain nothing from the request. */
export class HttpProblem extends Error {
  readonly #problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail)
    const status = STATUS[code]
    this.#problem = { type: 'about:blank', title: TITLE[status] ?? '', status, code, detail }
    this.headers = headers
  }

  get problem(): Problem {
    return this.#problem
  }

  /** Unlike `instanceof`, this runs no code of the thrown value, which can be anything. */
  static is(value: unknown): value is HttpProblem {
    return typeof value === 'object' && value !== null && #problem in value
  }
}

/** The problem of every method but POST. */
export function methodNotAllowed(): HttpProblem {
  return new HttpProblem('method_not_allowed', 'Log out with POST.', { allow: 'POST' })
}

/** The problem for unexpected failures. */
export function internalError(): HttpProblem {
  return new HttpProblem('internal_error', 'The logout failed unexpectedly. Try again.')
}

/** The problem of a request whose target and `Host` do not form a valid URL. */
export function malformedRequest(): HttpProblem {
  return new HttpProblem('malformed_request', 'The request target and Host do not make a valid URL.')
}
