import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request and its response, as they were on the wire. */
export interface Exchange {
  /** The purpose of the request, judged by its path. */
  readonly endpoint: 'revocation' | 'introspection' | 'metadata' | 'other'
  readonly path: string
  /** Every client credential in the request. */
  readonly credentials: readonly string[]
  /** The form that was sent. */
  readonly form: URLSearchParams
  readonly status: number
  readonly contentType: string | undefined
  readonly challenge: string | undefined
  readonly body: string
}

/** Watches one exchange from the server's side, so that the client and its transport do not matter. */
export function recordExchange(
  request: IncomingMessage,
  response: ServerResponse,
  done: (exchange: Exchange) => void,
): void {
  // Now, because code that mounts a provider below a path shortens the URL.
  const [path = '/'] = (request.url ?? '/').split('?', 1)
  const sent: Buffer[] = []
  const answered: Buffer[] = []
  // A listener for `data` would start the stream before the provider reads it; every way of reading emits the event.
  const emit = request.emit.bind(request) as (event: string | symbol, ...values: unknown[]) => boolean
  request.emit = (event: string | symbol, ...values: unknown[]) => {
    if (event === 'data') sent.push(Buffer.from(values[0] as Buffer))
    return emit(event, ...values)
  }
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) answered.push(Buffer.from(chunk as string))
  }
  const { write, writeHead, end } = response
  // Headers that are passed to `writeHead` cannot be read back; those that were set before can.
  response.writeHead = ((status: number, ...values: unknown[]) => {
    const headers = values.find((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value as string)
    return Reflect.apply(writeHead, response, headers ? [status] : [status, ...values])
  }) as typeof writeHead
  response.write = ((...values: unknown[]) => {
    keep(values[0])
    return Reflect.apply(write, response, values)
  }) as typeof write
  response.end = ((...values: unknown[]) => {
    keep(values[0])
    // Here and not on `finish`: the client may receive the response, and continue, before that event.
    done(describe(path, request, response, sent, answered))
    return Reflect.apply(end, response, values)
  }) as typeof end
}

function describe(
  path: string,
  { headers: { authorization } }: IncomingMessage,
  response: ServerResponse,
  sent: Buffer[],
  answered: Buffer[],
): Exchange {
  const form = new URLSearchParams(Buffer.concat(sent).toString())
  const header = (name: string): string | undefined => response.getHeader(name)?.toString()
  return {
    endpoint: /\.well-known/.test(path)
      ? 'metadata'
      : /revo/.test(path)
        ? 'revocation'
        : /introspect/.test(path)
          ? 'introspection'
          : 'other',
    path,
    credentials: [
      ...(authorization === undefined ? [] : [authorization.split(' ', 1)[0] as string]),
      ...['client_secret', 'client_assertion'].filter((name) => form.has(name)),
    ],
    form,
    status: response.statusCode,
    contentType: header('content-type')?.split(';', 1)[0],
    challenge: header('www-authenticate'),
    body: Buffer.concat(answered).toString(),
  }
}

/** Summarizes a provider's response: status, content type, kind of body. */
export function describeAnswer({ status, contentType, challenge, body }: Exchange): string {
  const scheme = challenge?.split(' ', 1)[0]
  return [
    `${status} ${contentType ?? 'without a content type'}`,
    bodyKind(body),
    ...(scheme ? [`WWW-Authenticate: ${scheme}`] : []),
  ].join(', ')
}

function bodyKind(body: string): string {
  if (body === '') return 'empty'
  try {
    const json: unknown = JSON.parse(body)
    if (typeof json !== 'object' || json === null) return `JSON \`${json}\``
    const { error, active, revocation_endpoint: revocation } = json as Record<string, unknown>
    if (typeof error === 'string') return `\`${error}\``
    if (typeof active === 'boolean') return `active: ${active}`
    if (revocation !== undefined) return 'metadata with a revocation endpoint'
    return Object.keys(json).length > 0 ? 'JSON' : 'JSON `{}`'
  } catch {
    return body.trimStart().startsWith('<') ? 'HTML' : 'text'
  }
}
