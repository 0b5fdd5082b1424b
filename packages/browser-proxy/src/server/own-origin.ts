/** Which header of a reverse proxy tells the address that the browser used. */
export type ProxyHeader = 'forwarded' | 'x-forwarded'

const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/**
 * The origin at which the browser sees the application, such as `https://app.example.com`; `undefined` where a trusted
 * header makes no sense.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-4 | RFC 7239 §4}
 */
export function ownOrigin(request: Request, trusted: ProxyHeader | undefined): string | undefined {
  const url = new URL(request.url)
  const { proto, host } = trusted ? forwarded(request.headers, trusted) : {}
  const scheme = proto?.toLowerCase() ?? url.protocol.slice(0, -1)
  const authority = host ?? url.host
  if (!/^https?$/.test(scheme) || !HOST.test(authority)) return undefined
  return URL.parse(`${scheme}://${authority}`)?.origin
}

interface Forwarded {
  readonly proto?: string | undefined
  readonly host?: string | undefined
}

/** What the nearest proxy wrote: it appends, and whatever stands before may come from the client. */
function forwarded(headers: Headers, trusted: ProxyHeader): Forwarded {
  if (trusted === 'x-forwarded') {
    return { proto: last(headers.get('x-forwarded-proto')), host: last(headers.get('x-forwarded-host')) }
  }
  const pairs: Record<string, string> = {}
  for (const pair of last(headers.get('forwarded'))?.split(';') ?? []) {
    const [, name, value] = /^\s*([a-z]+)\s*=\s*"?([^"]*)"?\s*$/i.exec(pair) ?? []
    if (name && value !== undefined) pairs[name.toLowerCase()] = value
  }
  return { proto: pairs.proto, host: pairs.host }
}

function last(list: string | null): string | undefined {
  return list?.split(',').at(-1)?.trim()
}
