import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

/**
 * A {@link Transport} over `fetch`.
 *
 * @param fetch The function to send with. By default the global one, looked up at each request.
 */
export function fetchTransport(fetch?: typeof globalThis.fetch): Transport {
  return {
    async send({ method, url, headers, body, signal, maxBodyBytes }: TransportRequest): Promise<TransportResponse> {
      const response = await (fetch ?? globalThis.fetch)(url, {
        method,
        headers,
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal,
      })
      const { status, headers: answered } = response
      // Browsers hide a redirect behind status 0; a `fetch` that was handed in may have followed it.
      const redirected = response.type === 'opaqueredirect' || response.redirected
      const head = { status, headers: answered, redirected }
      if (redirected || (status >= 300 && status < 400)) {
        response.body?.cancel().catch(() => {})
        return { ...head, body: '', truncated: false }
      }
      try {
        return { ...head, ...(await readBody(response, maxBodyBytes)) }
      } catch (error) {
        // A refusal stays one when its text breaks off; a success counts only when it is complete.
        if (response.ok) throw error
        return { ...head, body: '', truncated: true }
      }
    },
  }
}

async function readBody(response: Response, maxBytes: number): Promise<{ body: string; truncated: boolean }> {
  const { headers, type } = response
  const length = headers.get('content-length')
  // The length holds only where the body is what was sent. In Deno and Bun it stands beside chunks that never end, and
  // a browser does not show how an answer of another origin was compressed.
  const encoded = type === 'cors' || headers.has('content-encoding') || headers.has('transfer-encoding')
  // Runtimes read no more than that, and Deno takes a fifth of the time for a whole body.
  if (length !== null && !encoded && Number(length) <= maxBytes) {
    return { body: await response.text(), truncated: false }
  }
  if (!response.body) return { body: '', truncated: false }
  const reader = response.body.getReader()
  // As they come: to keep the chunks would let a hostile server have a heap of empty or tiny ones.
  const decoder = new TextDecoder()
  let body = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { body: body + decoder.decode(), truncated: false }
    size += value.byteLength
    if (size > maxBytes) {
      // Not awaited: a hostile server must not be able to delay the verdict by not letting go.
      reader.cancel().catch(() => {})
      return { body: body + decoder.decode(value.subarray(0, value.byteLength - (size - maxBytes))), truncated: true }
    }
    body += decoder.decode(value, { stream: true })
  }
}
