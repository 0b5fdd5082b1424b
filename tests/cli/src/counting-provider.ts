import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { start } from './command-line.ts'

/** An emulator in a separate process, behind a server that counts the requests and can delay them. */
export interface CountingProvider extends AsyncDisposable {
  /** The settings that the command line needs to connect to it. */
  readonly env: Record<string, string>
  /** The tokens that were issued at the start. */
  readonly tokens: readonly string[]
  /** Issues tokens that no other test has. */
  take(count: number): string[]
  /** The number of successful responses to each token's revocation. */
  readonly revocations: Map<string, number>
  /** Emits `revocation` with the token when a request for it arrives. */
  readonly arrivals: EventEmitter<{ revocation: [token: string] }>
  /** Responds instead of the emulator; `undefined` lets a request through. */
  intercept: (token: string, response: http.ServerResponse) => boolean | Promise<boolean>
  /** The fingerprints of the tokens that the emulator still honors. */
  activeTokens(): Promise<string[]>
}

/**
 * Starts an emulator through the command line, with tokens to revoke: opaque ones, because a JWT takes longer to sign
 * than everything else that happens to a token here.
 */
export async function startCountingProvider(
  folder: string,
  tokenCount: number,
  format: 'opaque' | 'jwt' = 'opaque',
): Promise<CountingProvider> {
  const file = join(folder, 'issued.txt')
  const issued = tokenCount ? ['--issue-tokens', `${tokenCount}`, '--tokens-file', file] : []
  const args = ['emulator', '--json', ...(format === 'opaque' ? ['--opaque'] : []), ...issued]
  const emulator = start(args)
  await emulator.seen(/"environment": \{[^}]*\}/)
  const { appHost, environment } = JSON.parse(emulator.output.stdout)
  const tokens = tokenCount ? readFileSync(file, 'utf8').trim().split('\n') : []

  let taken = 0
  const revocations = new Map<string, number>()
  const agent = new http.Agent({ keepAlive: true })
  const server = http.createServer(async (request, response) => {
    const body = await buffer(request)
    const token = request.url?.endsWith('/token/revocation') ? new URLSearchParams(`${body}`).get('token') : null
    if (token !== null) {
      provider.arrivals.emit('revocation', token)
      if (await provider.intercept(token, response)) return
    }
    const upstream = http.request(`${appHost}${request.url}`, {
      agent,
      method: request.method,
      headers: { ...request.headers, host: new URL(appHost).host },
    })
    upstream.on('response', (answer) => {
      if (token !== null && answer.statusCode === 200) revocations.set(token, (revocations.get(token) ?? 0) + 1)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    upstream.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const provider: CountingProvider = {
    env: { ...environment, AUTHING_APP_HOST: `http://127.0.0.1:${port}` },
    tokens,
    take(count) {
      taken += count
      return tokens.slice(taken - count, taken)
    },
    revocations,
    arrivals: new EventEmitter(),
    intercept: () => false,
    activeTokens: async () => {
      const list = (await (await fetch(`${appHost}/emulator/tokens`)).json()) as {
        fingerprint: string
        active: boolean
      }[]
      return list.filter(({ active }) => active).map(({ fingerprint }) => fingerprint)
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
      emulator.child.kill('SIGINT')
      await emulator.ended
    },
  }
  return provider
}

/** Names a token as the project does. */
export function fingerprint(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
}
