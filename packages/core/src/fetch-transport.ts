import { bodyText, declaredCharset } from './body-text.ts'
import { type Transport, type TransportRequest, TransportResponse } from './transport.ts'

/**
 * A {@link Transport} over `fetch`.
 *
 * @param fetch The function to send with. By default the global one, looked up at each request.
 * @example
 * ```ts
 * import { createLogoutClient, fetchTransport, type Transport } from '@backend-logout/core'
 *
 * const overFetch = fetchTransport()
 * const transport: Transport = {
 *   async send(request) {
 *     console.log(request.url)
 *     return await overFetch.send(request)
 *   },
 * }
 * export const client = createLogoutClient({ appId: 'app', appHost: 'https://example.genauth.ai', transport })
 * ```
 */
export function fetchTransport(fetch?: typeof globalThis.fetch): Transport {
  return {
    async send({ method, url, headers, body, signal, maxBodyBytes }: TransportRequest): Promise<TransportResponse> {
      const response = await (fetch ?? globalThis.fetch)(url, {
        method,
        headers,
        body: body ?? null,
        redirect: 'manual',
        signal,
      })
      const { status, headers: answered } = response
      // Browsers hide a redirect behind status 0; a `fetch` that was handed in may have followed it. React Native's always
      // does, and has no `redirected`.
      const redirected =
        response.type === 'opaqueredirect' ||
        ((response.redirected as boolean | undefined) ?? isElsewhere(response, url))
      const respond = (text: string, truncated: boolean): TransportResponse =>
        new TransportResponse({ status, headers: answered, redirected, body: text, truncated })
      if (redirected || (status >= 300 && status < 400)) {
        response.body?.cancel?.().catch(() => {})
        return respond('', false)
      }
      try {
        const { text, truncated } = await readBody(response, maxBodyBytes)
        return respond(text, truncated)
      } catch (error) {
        // A refusal remains one if its text breaks off; a success counts only if it is complete.
        if (response.ok) throw error
        return respond('', true)
      }
    },
  }
}

/** True if a response names another address than the requested one. Many name none. */
function isElsewhere({ url }: Response, requested: string): boolean {
  const actual = url ? URL.parse(url) : null
  return actual !== null && actual.href !== new URL(requested).href
}

/** Bodies up to this length are read in one call, which takes a fifth of the time in Deno. */
const SHORT_BYTES = 1_024

async function readBody(response: Response, maxBytes: number): Promise<{ text: string; truncated: boolean }> {
  const { headers, type } = response
  const length = headers.get('content-length') ?? ''
  const contentType = headers.get('content-type')
  // The length is valid only if the body was not decoded. In Deno and Bun, it can accompany endless chunks, and a
  // browser does not show how a response of another origin was compressed. `text()` only reads UTF-8.
  const coded = ['content-encoding', 'transfer-encoding'].some((name) => headers.has(name))
  const encoded = type === 'cors' || coded || declaredCharset(contentType) !== undefined
  // Longer ones may arrive byte by byte, and a runtime keeps each piece until the last one has arrived.
  if (/^\d{1,4}$/.test(length) && !encoded && Number(length) <= Math.min(SHORT_BYTES, maxBytes)) {
    return { text: await response.text(), truncated: false }
  }
  // No body, or a `fetch` without web streams, as in React Native and node-fetch.
  if (!response.body?.getReader) {
    const text = await response.text()
    const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
    return { text: text.slice(0, read), truncated: read < text.length }
  }
  const reader = response.body.getReader()
  // One buffer, which grows up to the limit: pieces that are kept, or a text that is put together from them, can take a
  // hundred times as much memory as their bytes.
  let bytes = new Uint8Array(Math.min(SHORT_BYTES, maxBytes))
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: bodyText(bytes.subarray(0, size), contentType), truncated: false }
    const piece = value.subarray(0, maxBytes - size)
    const end = size + piece.byteLength
    if (end > bytes.byteLength) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(end, bytes.byteLength * 2)))
      larger.set(bytes)
      bytes = larger
    }
    bytes.set(piece, size)
    size = end
    if (piece.byteLength < value.byteLength) {
      // Not awaited: a hostile server must not be able to delay the verdict by keeping the connection open.
      reader.cancel().catch(() => {})
      return { text: bodyText(bytes, contentType), truncated: true }
    }
  }
}
