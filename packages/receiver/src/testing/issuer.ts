import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { LOGOUT_EVENT } from '../claims.ts'

/** A key pair of the test issuer. */
export interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

/** Creates a key pair in the form in which issuers publish them. */
export async function createKey(alg = 'RS256', kid: string = randomUUID()): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/**
 * A server with an issuer's metadata and keys, both of which tests can change, and a function that signs its tokens.
 */
export class TestIssuer implements AsyncDisposable {
  readonly requests: string[] = []
  /** Members that replace the usual ones of the metadata; `undefined` removes one. */
  metadata: Record<string, unknown> = {}
  /** The key set as it is published. */
  jwks: unknown
  /** Responds instead of the usual handler, such as with a status of 500. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  readonly url: string
  readonly key: IssuerKey
  readonly #close: () => Promise<void>

  private constructor(url: string, key: IssuerKey, close: () => Promise<void>) {
    this.url = url
    this.key = key
    this.jwks = { keys: [key.jwk] }
    this.#close = close
  }

  static async start(alg?: string): Promise<TestIssuer> {
    const key = await createKey(alg)
    const server = createServer((request, response) => issuer.#answer(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const issuer = new TestIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, key, async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    return issuer
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }

  /** The number of requests for the keys. */
  get keyRequests(): number {
    return this.requests.filter((path) => path === '/jwks').length
  }

  /** The claims of a valid logout token, with changes; `undefined` removes one. */
  claims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: this.url,
      aud: 'app',
      sub: 'alice',
      sid: 'session-1',
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      events: { [LOGOUT_EVENT]: {} },
    }
    return { ...claims, ...changes }
  }

  /** Signs claims as a logout token. */
  async sign(
    claims: unknown,
    header: Readonly<Record<string, unknown>> = {},
    key: IssuerKey = this.key,
  ): Promise<string> {
    const payload = new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims))
    const protectedHeader = { alg: key.alg, kid: key.kid, typ: 'logout+jwt', ...header }
    return new CompactSign(payload).setProtectedHeader(protectedHeader as never).sign(key.privateKey, {
      crit: { test: true },
    })
  }

  /** A valid logout token, with changes to its claims. */
  token(changes?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string> {
    return this.sign(this.claims(changes), header)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url ?? '')
    if (this.answer?.(request, response)) return
    const usual = { issuer: this.url, jwks_uri: `${this.url}/jwks`, id_token_signing_alg_values_supported: undefined }
    const bodies: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': { ...usual, ...this.metadata },
      '/jwks': this.jwks,
    }
    const body = bodies[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(body === undefined ? '' : JSON.stringify(body))
  }
}
