import { IncomingMessage } from 'node:http'

/** A little more than `oidc-provider` reads, so that the provider refuses bodies that are too large. */
const MAX_BODY_BYTES = 64 * 1024

/** Reads a request's body, up to `maxBytes` of it and at most one byte more. */
export async function readBody(request: IncomingMessage, maxBytes: number = MAX_BODY_BYTES): Promise<Buffer> {
  // Copied on arrival: each tiny chunk, if kept, would take about a hundred bytes.
  let bytes = Buffer.allocUnsafe(1024)
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const needed = Math.min(length + chunk.length, maxBytes + 1)
    if (needed > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, 2 * bytes.length), maxBytes + 1))
      bytes.copy(larger, 0, 0, length)
      bytes = larger
    }
    chunk.copy(bytes, length)
    length = needed
    if (length > maxBytes) break
  }
  return bytes.subarray(0, length)
}

/** The fields of a form body, or `undefined` when the body is not a form. */
export function readForm(request: IncomingMessage, body: Buffer): URLSearchParams | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  return type === 'application/x-www-form-urlencoded' ? new URLSearchParams(body.toString('utf8')) : undefined
}

/** Differences between a request and its {@link copyRequest copy}. */
interface RequestChanges {
  readonly url: string
  readonly originalUrl: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A request for `oidc-provider`, created from one that was already read. */
export function copyRequest(request: IncomingMessage, changes: RequestChanges): IncomingMessage {
  const { url, originalUrl, body, headers } = changes
  const copy = new IncomingMessage(request.socket)
  copy.method = request.method
  copy.httpVersion = request.httpVersion
  copy.httpVersionMajor = request.httpVersionMajor
  copy.httpVersionMinor = request.httpVersionMinor
  copy.headers = { ...request.headers, ...headers }
  // A body that was already read and changed has another length, and is no longer chunked.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    delete copy.headers['transfer-encoding']
    copy.headers['content-length'] = String(body.length)
  }
  copy.url = url
  copy.complete = true
  copy.push(body)
  copy.push(null)
  // The provider reads its mount path from `originalUrl`, as in Express.
  return Object.assign(copy, { originalUrl })
}
