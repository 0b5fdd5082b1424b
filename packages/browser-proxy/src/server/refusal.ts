import type { Problem, ProblemCode } from './contract.ts'

const STATUS: Readonly<Record<ProblemCode, number>> = {
  method_not_allowed: 405,
  prefetch: 403,
  header_missing: 403,
  foreign_origin: 403,
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

/** Ends the handling of a request without a logout. Its detail must hold nothing of the request. */
export class Refusal extends Error {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail)
    const status = STATUS[code]
    this.problem = { type: 'about:blank', title: TITLE[status] ?? '', status, code, detail }
    this.headers = headers
  }
}
