import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

/** A request with exactly these headers: `fetch` of Node.js adds a `Sec-Fetch-Mode` header. */
export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** Sends a request unchanged, and follows no redirect. */
export async function send(url: URL, { method, headers, form }: Sent): Promise<Response> {
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const message = request(url, { method, headers: { ...headers, ...type }, agent: false })
  message.end(form && new URLSearchParams(form).toString())
  const [answer] = (await once(message, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const received = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) received.append(name, value)
  }
  const status = answer.statusCode ?? 0
  return new Response(status === 303 || status === 204 ? null : Buffer.concat(chunks), { status, headers: received })
}
