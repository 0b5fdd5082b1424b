import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type LogoutError, type Transport, TransportResponse } from '@backend-logout/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkSessionStatus, kickUser } from './index.ts'

const quick = { retries: 0, timeoutMs: 2_000 } as const

/** All that an error tells, in all its forms. */
const told = (error: LogoutError | undefined): string => `${error?.message} ${JSON.stringify(error)} ${error?.cause}`

describe('secrets', () => {
  let server: Server
  let seen: { readonly path: string | undefined; readonly authorization: string; readonly body: string }[] = []
  let host: string
  beforeAll(async () => {
    // A provider that repeats whatever it was sent.
    const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = ''
      for await (const chunk of request) body += chunk
      const { authorization = '' } = request.headers
      seen.push({ path: request.url, authorization, body })
      response.writeHead(200, { 'content-type': 'application/json' })
      const message = `${authorization} ${encodeURIComponent(authorization)} ${body} ${'the-secret-of-the-pool'}`
      // As PHP writes slashes.
      response.end(JSON.stringify({ statusCode: 403, message }).replaceAll('/', '\\/'))
    }
    server = createServer((request, response) => void echo(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  afterEach(() => {
    seen = []
  })

  test.each(['pool', 'user:pool'])('are not sent, and a repeated one is masked: %s', async (accessKeyId) => {
    const management = { host: `${host}/`, accessKeyId, accessKeySecret: 'the-secret-of-the-pool' }
    const user = { userId: '62f733a7148bd0028af1e541', appIds: ['app'] }
    // Every third signature has a slash in it.
    for (let time = 0; time < 20; time++) {
      seen = []
      const { error } = await kickUser(user, management, quick)
      expect(error?.code).toBe('rejected')
      expect(seen.map(({ path }) => path)).toContain('/api/v3/kick-users')
      for (const { authorization, body } of seen) {
        expect(authorization + body).not.toContain('the-secret')
        const mac = authorization.split(':').at(-1) ?? ''
        expect(mac).toHaveLength(28)
        for (const form of [mac, encodeURIComponent(mac)]) expect(told(error)).not.toContain(form)
      }
      expect(told(error)).not.toContain('the-secret')
      expect(told(error)).not.toContain('62f733a7148bd0028af1e541')
    }
    const question = checkSessionStatus({ userId: user.userId, appId: 'app' }, management, quick)
    const thrown: LogoutError = await question.then(
      () => expect.fail('it did not throw'),
      (reason) => reason,
    )
    expect(thrown.code).toBe('rejected')
    expect(told(thrown)).not.toMatch(/the-secret|62f733a7/)
  })

  test("hosts of Authing receive Authing's names", async () => {
    const sent: string[] = []
    const transport: Transport = {
      async send({ headers }) {
        sent.push(
          Object.keys(headers)
            .filter((name) => name.startsWith('x-'))
            .join(),
        )
        expect(headers.authorization).toMatch(/^(?:GenAuth|authing) pool:/)
        return new TransportResponse({ status: 503, headers: new Headers(), body: '' })
      },
    }
    for (const name of ['api.authing.cn', 'authing.cn', 'api.genauth.ai', 'notauthing.cn']) {
      const management = { host: `https://${name}`, accessKeyId: 'pool', accessKeySecret: 'secret', transport }
      await kickUser({ userId: 'alice', appIds: ['app'] }, management, quick)
    }
    const names = (brand: string): string =>
      ['method', 'nonce', 'version'].map((n) => `x-${brand}-signature-${n}`).join()
    expect([...new Set(sent.slice(0, 4))]).toEqual([names('authing')])
    expect([...new Set(sent.slice(4))]).toEqual([names('genauth')])
  })
})
