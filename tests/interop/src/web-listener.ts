import type { RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Serves a provider that uses `Request` and `Response`. */
export function webListener(handle: (request: Request) => Promise<Response>): RequestListener {
  return async (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const body = method === 'GET' ? undefined : new Uint8Array(await buffer(request))
    const answer = await handle(
      new Request(`http://${headers.host}${url}`, { method, headers: headers as never, ...(body && { body }) }),
    ).catch(() => new Response(null, { status: 500 }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  }
}
