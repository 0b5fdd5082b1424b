import type { IncomingMessage } from 'node:http'
import { requestUrl } from './server/own-origin.ts'

/** A request as middleware of Express and others leaves it. */
export type Incoming = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown }

/** The time for which a client may continue sending an unread body after the response. */
const LINGER_MS = 5_000

/**
 * The URL of a request; `null` if the request target and `Host` do not make a valid one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-3.2 | RFC 9112 §3.2}
 */
export function urlOf({ socket, url: target = '', headers: node }: IncomingMessage, headers: Headers): URL | null {
  const authority = node[':authority'] ?? headers.get('host')
  // Platforms without sockets may leave it out.
  const scheme = (socket as { encrypted?: unknown } | undefined)?.encrypted ? 'https' : 'http'
  // HTTP/1.0 may leave Host out, and a target without an authority leaves it empty.
  const own = (path: string): URL | null => requestUrl(scheme, String(authority || 'localhost'), path)
  // Polka removes the path at which it has mounted a handler.
  if (/^[/?]/.test(target)) return own(target)
  if (target === '*') return own('/*')
  const absolute = own('/') && URL.parse(target)
  return absolute && /^https?:$/.test(absolute.protocol) && !absolute.username && !absolute.password ? absolute : null
}

/** The headers, from all received lines: Node.js silently drops the second one of some that are repeated. */
export function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  const cookies: string[] = []
  for (const [name, value] of linesOf(incoming)) {
    if (name.toLowerCase() === 'cookie') cookies.push(value)
    // HTTP/2 puts the request line among the headers.
    else if (!name.startsWith(':')) headers.append(name, value)
  }
  // HTTP/2 splits them up. Their values are separated by semicolons.
  if (cookies.length) headers.set('cookie', cookies.join('; '))
  return headers
}

function linesOf({ rawHeaders, headers }: IncomingMessage): [name: string, value: string][] {
  // serverless-http and others create requests without lines.
  if (!rawHeaders?.length) {
    return Object.entries(headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, bytesOf(String(value))]),
    )
  }
  const lines: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push([String(rawHeaders[at]), String(rawHeaders[at + 1])])
  return lines
}

/** Text that a platform has decoded, in the form that Node.js leaves it in: a character for each byte. */
function bytesOf(value: string): string {
  return /[\u0100-\uffff]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

/** The body of a request, for one reader. */
export class IncomingBody {
  /** `null` without one. */
  readonly stream: BodyInit | null
  readonly #incoming: Incoming
  /** Missing if the request only imitates one of Node.js, without a stream. */
  readonly #chunks: AsyncIterator<Uint8Array> | undefined
  #started = false

  constructor(incoming: Incoming) {
    this.#incoming = incoming
    this.#chunks = incoming.iterator?.({ destroyOnReturn: false })
    this.stream = hasBody(incoming) ? (alreadyRead(incoming) ?? this.#read()) : null
  }

  #read(): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      this.#started = true
      const next = await this.#chunks?.next()
      if (!next || next.done) controller.close()
      else controller.enqueue(next.value)
    }
    return new ReadableStream({ pull }, { highWaterMark: 0 })
  }

  /**
   * Reads and drops an unread body, so that a client that is still sending gets its response and the connection is free
   * for the next request. A client that does not stop is disconnected.
   */
  async drain(): Promise<void> {
    const incoming = this.#incoming
    if (!this.#chunks || incoming.complete || incoming.destroyed) return
    const timer = setTimeout(() => incoming.destroy(), LINGER_MS)
    timer.unref()
    incoming.once('close', () => clearTimeout(timer))
    try {
      // If no one has started reading, Node.js does this automatically.
      while (this.#started && !(await this.#chunks.next()).done);
    } catch {}
  }
}

function hasBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  return httpVersionMajor > 1 || headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
}

/** A stream can be read only once. A body that middleware has parsed is turned back into bytes. */
function alreadyRead(incoming: Incoming): BodyInit | undefined {
  try {
    const { rawBody } = incoming
    if (rawBody instanceof Uint8Array) return new Uint8Array(rawBody)
    if ('iterator' in incoming && !incoming.readableDidRead && !incoming.destroyed) return undefined
    const { body, headers } = incoming
    if (body instanceof Uint8Array) return new Uint8Array(body)
    if (typeof body === 'string') return body
    if (body !== undefined) return isForm(headers) ? formOf(body) : JSON.stringify(body)
  } catch {
    return MALFORMED
  }
  // An error, not an empty body.
  return new ReadableStream({
    start: (controller) => controller.error(new Error('Other code has already read the body.')),
  })
}

/** Neither JSON nor a form with any field: some platforms parse a body when it is first used, and throw if they cannot. */
const MALFORMED = '&'

function isForm({ 'content-type': type = '' }: IncomingMessage['headers']): boolean {
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)
}

/** Encodes the fields that `express.urlencoded()` has parsed as a form again. A repeated name has a list of values. */
function formOf(fields: unknown): string {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(Object(fields))) {
    for (const value of [values].flat()) form.append(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return form.toString()
}
