import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { decodeProtectedHeader } from 'jose'
import type { AuthMethod } from './applications.ts'
import type { EndpointName } from './endpoints.ts'

/** Record of a request, without secrets: field names, but no values. */
export interface RequestRecord {
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number
  /** The HTTP method. */
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  /** The endpoint; absent for any other path. */
  readonly endpoint?: EndpointName
  /** Authentication methods of the client; more than one entry is a client error. */
  readonly clientAuth: readonly (AuthMethod | 'bearer')[]
  /** The names of the form and query fields; one that is not a known parameter is listed as `(other)`. */
  readonly fields: readonly string[]
  /** True if `answerNext` or `answerAlways` set the response. */
  readonly rehearsed: boolean
  /** The status that was sent; absent until there is one. */
  readonly status?: number
}

/** Number of requests kept. */
const MAX_RECORDS = 1000

/** A field's name is shown only if it is one of these: a malformed body can turn a token into a name. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set(
  `access_token client_assertion client_assertion_type client_id client_secret code code_challenge code_challenge_method
  code_verifier grant_type id_token_hint login logout_hint nonce post_logout_redirect_uri prompt redirect_uri
  refresh_token response_type scope state strict token token_type_hint ui_locales url`.split(/\s+/),
)

/** Remembers the last requests to the provider's endpoints. */
export class RequestLog {
  #records: RequestRecord[] = []

  /** The requests, oldest first. */
  get records(): readonly RequestRecord[] {
    return this.#records
  }

  /** Deletes every request. */
  clear(): void {
    this.#records = []
  }

  /** Records a request, and its status as soon as there is one. */
  add(
    request: IncomingMessage,
    response: ServerResponse,
    details: {
      readonly endpoint: EndpointName
      readonly form: URLSearchParams | undefined
      readonly rehearsed: boolean
    },
  ): void {
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    const { endpoint, form, rehearsed } = details
    const names = [...new URLSearchParams(query).keys(), ...(form?.keys() ?? [])]
    const record: { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] } = {
      at: Date.now(),
      method: request.method ?? 'GET',
      path,
      endpoint,
      clientAuth: findClientAuth(request, form),
      fields: [...new Set(names.map((name) => (KNOWN_FIELDS.has(name) ? name : '(other)')))],
      rehearsed,
    }
    this.#records.push(record)
    if (this.#records.length > MAX_RECORDS) this.#records.shift()
    response.once('close', () => {
      if (response.headersSent) record.status = response.statusCode
    })
  }
}

function findClientAuth(request: IncomingMessage, form: URLSearchParams | undefined): RequestRecord['clientAuth'] {
  const found: (AuthMethod | 'bearer')[] = []
  const { authorization = '' } = request.headers
  if (/^basic /i.test(authorization)) found.push('client_secret_basic')
  if (/^bearer /i.test(authorization)) found.push('bearer')
  if (form?.has('client_secret')) found.push('client_secret_post')
  const assertion = form?.get('client_assertion')
  if (assertion) found.push(isSymmetric(assertion) ? 'client_secret_jwt' : 'private_key_jwt')
  if (found.length > 0 || !form?.has('client_id')) return found
  const { socket } = request
  return [socket instanceof TLSSocket && socket.getPeerCertificate().raw ? 'tls_client_auth' : 'none']
}

function isSymmetric(assertion: string): boolean {
  try {
    return decodeProtectedHeader(assertion).alg?.startsWith('HS') === true
  } catch {
    return false
  }
}
