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
      if (redirected || (status >= 300 && status < 400)) {
        response.body?.cancel().catch(() => {})
        return { status, headers: answered, body: '', truncated: false, redirected }
      }
      const head = { status, headers: answered, redirected }
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

const decoder = new TextDecoder()

async function readBody(response: Response, maxBytes: number): Promise<{ body: string; truncated: boolean }> {
  const length = response.headers.get('content-length')
  // Runtimes read no more than the length that was stated, and Deno takes a fifth of the time for a whole body.
  if (length !== null && !response.headers.has('content-encoding') && Number(length) <= maxBytes) {
    return { body: await response.text(), truncated: false }
  }
  if (!response.body) return { body: '', truncated: false }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { body: decoder.decode(joined(chunks, size)), truncated: false }
    chunks.push(value)
    size += value.byteLength
    if (size > maxBytes) {
      // Not awaited: a hostile server must not be able to delay the verdict by not letting go.
      reader.cancel().catch(() => {})
      return { body: decoder.decode(joined(chunks, size).subarray(0, maxBytes)), truncated: true }
    }
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}
