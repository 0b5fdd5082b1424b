import { TransportResponse } from '../transport.ts'

/** Parts of a response other than its status and its body. */
export interface AnswerParts {
  readonly headers?: Record<string, string>
  readonly truncated?: boolean
  readonly redirected?: boolean
}

/** Creates a response; a value that is not a string becomes JSON. */
export function answer(status: number, body: unknown = '', parts: AnswerParts = {}): TransportResponse {
  const { headers = {}, ...rest } = parts
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new TransportResponse({ status, headers: new Headers(headers), body: text, ...rest })
}
