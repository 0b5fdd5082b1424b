import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Everything that could control a terminal, forge a line or hide. The text between the marks must stay visible. */
export const HOSTILE: string = [
  'MARK-1',
  '\u001b[31m\u001b[2K\u001b[1A', // colors, erasing, the line above
  '\u001b]0;owned\u0007\u001b]8;;https://evil.example/\u001b\\', // the title of the window, links
  '\u009b31m\u009d0;owned\u009c\u0085', // the same in 8 bits
  '\r\nforged: all tokens revoked\n\rforged: too\u000b\u000c', // lines of a log
  '\u2028forged: a line\u2029forged: a paragraph',
  '\u202eexe.txt\u202c\u2066\u2069\u200e\u200f\u061c', // the other direction
  '\u200b\u200d\ufeff\u00ad\u2060\u3164\u{e0041}', // without a width
  '\b\b\b\u007f\u0007\t',
  'MARK-2',
].join('')

/** The part of it that fits into a header. */
const HOSTILE_HEADER = 'MARK-3\u009b31m\u0085\u00ad\u007fMARK-4'.replace('\u007f', '')

/** A provider that puts text that no terminal should receive into every field. */
export interface HostileProvider extends AsyncDisposable {
  readonly url: string
  /** The responses of the endpoints. */
  mode: 'refuses' | 'accepts' | 'answers text' | 'lies about its name'
}

/** Starts a {@link HostileProvider}. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const server = http.createServer(async (request, response) => {
    await buffer(request)
    const { pathname } = new URL(request.url ?? '', provider.url)
    response.setHeader('x-request-id', HOSTILE_HEADER)
    response.setHeader('www-authenticate', `Bearer error="${HOSTILE_HEADER}", error_description="${HOSTILE_HEADER}"`)
    response.setHeader('content-type', `application/json; x="${HOSTILE_HEADER}"`)
    const answer = (status: number, body: unknown): unknown => response.writeHead(status).end(JSON.stringify(body))
    if (pathname.includes('.well-known')) {
      const issuer = provider.mode === 'lies about its name' ? HOSTILE : provider.url
      const path = `${provider.url}/${encodeURIComponent(HOSTILE)}`
      return answer(200, {
        issuer,
        revocation_endpoint: `${path}/revocation`,
        introspection_endpoint: `${path}/introspection`,
        end_session_endpoint: `${path}/end?${HOSTILE.replaceAll(/\s/g, '')}`,
      })
    }
    if (provider.mode === 'answers text') return response.writeHead(403).end(HOSTILE)
    if (provider.mode === 'accepts') {
      if (!pathname.endsWith('/introspection')) return response.writeHead(200).end()
      return answer(200, {
        active: true,
        sub: HOSTILE,
        [HOSTILE]: HOSTILE,
        nested: { [HOSTILE]: [HOSTILE] },
        exp: 1e300,
      })
    }
    return answer(400, {
      error: HOSTILE,
      error_description: HOSTILE,
      apiCode: HOSTILE,
      requestId: HOSTILE,
      message: HOSTILE,
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: HostileProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: 'refuses',
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return provider
}
