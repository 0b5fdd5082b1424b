const AUTHORITY = /^(?:[a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Builds a URL from the data of a request; `null` if they are invalid. */
export function requestUrl(scheme: string, authority: string, path: string): URL | null {
  return /^https?$/.test(scheme) && AUTHORITY.test(authority) ? URL.parse(`${scheme}://${authority}${path}`) : null
}

/**
 * The origin at which the browser sees the application, such as `https://app.example.com`; `undefined` if its address
 * is invalid.
 *
 * @param url The request's own URL. A trusted header takes precedence.
 */
export function ownOrigin(url: URL, headers: Headers, trusted: 'x-forwarded' | undefined): string | undefined {
  const forwarded = (name: string): string | undefined => nearest(trusted && headers.get(`${trusted}-${name}`))
  const scheme = forwarded('proto')?.toLowerCase() ?? url.protocol.slice(0, -1)
  return requestUrl(scheme, forwarded('host') ?? url.host, '/')?.origin
}

/** The value from the nearest proxy: a proxy appends, and anything before may come from the client. */
function nearest(list: string | null | undefined): string | undefined {
  return list?.split(',').at(-1)?.trim()
}
