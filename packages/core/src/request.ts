import createApi, { type Client } from 'openapi-fetch'
import type { paths } from './generated/provider.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

/** The generated client: what may be sent is typed by `specs/provider.openapi.yaml`. */
export type ProviderApi = Client<paths>

/** The path of an operation in the spec, relative to `{appHost}/{protocol}`. */
export type ProviderPath = keyof paths & string

/**
 * openapi-fetch builds a `Request` for every call, and a full one costs several times what a revocation costs. This one
 * only keeps what the transport needs; where the request goes, and with which headers, is decided by {@link sendTo}.
 */
class LightRequest {
  readonly method: 'GET' | 'POST'
  readonly body: string | undefined
  constructor(_path: string, init: { method: 'GET' | 'POST'; body?: string }) {
    this.method = init.method
    this.body = init.body
  }
}

/** Makes the generated client. It speaks forms, which is all that OAuth's endpoints understand. */
export function createProviderApi(): ProviderApi {
  return createApi<paths>({
    Request: LightRequest as never,
    bodySerializer: (body) => formOf(body as unknown as Readonly<Record<string, unknown>>),
  })
}

const NO_HEADERS = { get: () => null }

/** What a form sends as it is. */
const PLAIN = /^[\w.*-]*$/

/** Encodes a form as `URLSearchParams` does, at a third of the cost for what needs no encoding, as tokens seldom do. */
function formOf(fields: Readonly<Record<string, unknown>>): string {
  let form = ''
  for (const name in fields) {
    const value = String(fields[name])
    const plain = PLAIN.test(name) && PLAIN.test(value)
    form += (form && '&') + (plain ? `${name}=${value}` : new URLSearchParams([[name, value]]).toString())
  }
  return form
}

/** Options for one call of a {@link ProviderApi} that are the same for every operation. */
export type SendTo = {
  readonly fetch: (request: Request) => Promise<Response>
  readonly parseAs: 'stream'
}

/** Where a request goes, and what goes along with it. */
export interface Destination extends Pick<TransportRequest, 'url' | 'headers' | 'signal'> {
  readonly transport: Transport
  readonly maxBodyBytes?: number
}

/**
 * Directs a call of the generated client to an absolute URL through a transport. The answer comes back whole, as a
 * {@link TransportResponse} in the place of openapi-fetch's `response`.
 */
export function sendTo({ transport, url, headers, signal, maxBodyBytes = 65_536 }: Destination): SendTo {
  return {
    // Neither parsed nor typed by status: answers lie about both, so `verdict.ts` reads them.
    parseAs: 'stream',
    fetch: async (request) => {
      const { method, body } = request as unknown as LightRequest
      return new Carrier(
        await transport.send({ method, url, headers, body, signal, maxBodyBytes }),
      ) as unknown as Response
    },
  }
}

/** Carries an answer through openapi-fetch, which has nothing to do with one that has no content. */
class Carrier {
  readonly status = 204
  readonly ok = true
  readonly headers = NO_HEADERS
  readonly answer: TransportResponse
  constructor(answer: TransportResponse) {
    this.answer = answer
  }
}

/** Takes the answer out of what the generated client returns. */
export function answerOf(result: { response: Response }): TransportResponse {
  return (result.response as unknown as Carrier).answer
}
