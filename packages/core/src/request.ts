import createApi from 'openapi-fetch'
import type { paths } from './generated/provider.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

/** The path of an operation in the spec, relative to `{appHost}/{protocol}`. */
export type ProviderPath = keyof paths & string

/** The form of an operation, as in the spec. */
export type FormOf<P extends ProviderPath> = paths[P] extends {
  post: { requestBody: { content: { 'application/x-www-form-urlencoded': infer Form } } }
}
  ? Form
  : never

/** Target of a request, and the data sent in addition to the form. */
export type Destination = Omit<TransportRequest, 'method' | 'body'>

/** Options of one operation. */
interface Init {
  readonly to: Destination
  /** Neither parsed nor typed by status: responses lie about both, so `verdict.ts` reads them. */
  readonly parseAs: 'stream'
}

/**
 * The operations of `specs/provider.openapi.yaml`, with its types for requests. The path is the *name* of an operation;
 * `to` is the address of the request, because most providers have other paths.
 */
export interface ProviderApi {
  readonly GET: (path: '/.well-known/openid-configuration', init: Init) => Promise<{ response: TransportResponse }>
  readonly POST: <P extends '/token/revocation' | '/token/introspection'>(
    path: P,
    init: Init & { readonly body: FormOf<P> },
  ) => Promise<{ response: TransportResponse }>
}

/** The request that openapi-fetch builds for each call. The transport sends it unchanged. */
class LightRequest implements TransportRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: TransportRequest['headers']
  readonly body: string | undefined
  readonly signal: AbortSignal
  readonly maxBodyBytes: number
  readonly hide: TransportRequest['hide']
  readonly to: Destination
  constructor(_path: string, { method, body, to }: { method: 'GET' | 'POST'; body?: string; to: Destination }) {
    this.method = method
    this.url = to.url
    this.headers = to.headers
    this.body = body
    this.signal = to.signal
    this.maxBodyBytes = to.maxBodyBytes
    this.hide = to.hide
    this.to = to
  }
}

/**
 * `createClient` of openapi-fetch, typed by what it does rather than by what it declares: it declares the global
 * `Request` and `Response`, but constructs whatever `Request` it is given, passes it to `fetch`, and reads `status`,
 * `ok`, `headers.get()`, `body` and `text()` of the result. A real pair costs about 25 µs per call, more than
 * everything else here. No type of openapi-fetch can express this, hence this one assertion. The published files contain
 * openapi-fetch, with `LightHeaders` in place of the `Headers` that it creates and `LightRequest` ignores.
 */
const createLightApi = createApi as unknown as (options: {
  readonly Request: typeof LightRequest
  readonly fetch: (request: LightRequest) => Promise<TransportResponse>
  readonly bodySerializer: (form: Readonly<Record<string, unknown>>) => string
}) => ProviderApi

/** Creates the {@link ProviderApi} of a transport. It speaks forms, which is all that OAuth's endpoints understand. */
export function createProviderApi(transport: Transport): ProviderApi {
  return createLightApi({
    Request: LightRequest,
    fetch: (request) => transport.send(request),
    bodySerializer: encodeForm,
  })
}

/** Characters that a form sends unchanged. */
const PLAIN = /^[\w.*-]*$/

/**
 * Encodes a form as `URLSearchParams` does, at a third of the cost for text that needs no encoding, such as most
 * tokens.
 */
function encodeForm(form: Readonly<Record<string, unknown>>): string {
  let encoded = ''
  for (const name of Object.keys(form)) {
    const text = String(form[name])
    const plain = PLAIN.test(name) && PLAIN.test(text)
    encoded += (encoded && '&') + (plain ? `${name}=${text}` : new URLSearchParams([[name, text]]).toString())
  }
  return encoded
}
