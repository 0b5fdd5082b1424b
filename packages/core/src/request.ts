import createApi, { type Client } from 'openapi-fetch'
import type { paths } from './generated/provider.ts'
import type { Transport, TransportResponse } from './transport.ts'

/** The generated client: what may be sent is typed by `specs/provider.openapi.yaml`. */
export type ProviderApi = Client<paths>

/** The path of an operation in the spec, relative to `{appHost}/{protocol}`. */
export type ProviderPath = keyof paths & string

/**
 * openapi-fetch builds a `Request` for every call, and a full one costs several times what a revocation costs. This one
 * only keeps what the transport needs; where the request goes is decided by {@link sendTo}, not by the spec's path.
 */
class LightRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Headers
  readonly body: string | undefined
  constructor(_path: string, init: { method: 'GET' | 'POST'; headers: Headers; body?: string }) {
    this.method = init.method
    this.headers = init.headers
    this.body = init.body
  }
}

/** Makes the generated client. It speaks forms, which is all that OAuth's endpoints understand. */
export function createProviderApi(): ProviderApi {
  return createApi<paths>({
    Request: LightRequest as never,
    bodySerializer: (body) => new URLSearchParams(body as unknown as Record<string, string>).toString(),
  })
}

/** Options for one call of a {@link ProviderApi} that are the same for every operation. */
export interface SendTo {
  readonly fetch: (request: Request) => Promise<Response>
  readonly parseAs: 'stream'
}

/**
 * Directs a call of the generated client to an absolute URL through a transport. The answer comes back whole, as a
 * {@link TransportResponse} in the place of openapi-fetch's `response`.
 */
export function sendTo(url: string, transport: Transport, signal: AbortSignal, maxBodyBytes = 65_536): SendTo {
  return {
    // Neither parsed nor typed by status: answers lie about both, so `verdict.ts` reads them.
    parseAs: 'stream',
    fetch: async (request) => {
      const { method, headers, body } = request as unknown as LightRequest
      const answer = await transport.send({ method, url, headers, body, signal, maxBodyBytes })
      const light = { ...answer, ok: true }
      return light as unknown as Response
    },
  }
}

/** Takes the answer out of what the generated client returns. */
export function answerOf(result: { response: Response }): TransportResponse {
  return result.response as unknown as TransportResponse
}
