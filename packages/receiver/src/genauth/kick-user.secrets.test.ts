import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type LogoutError, type Transport, TransportResponse } from '@backend-logout/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkSessionStatus, kickUser } from './index.ts'

const quick = { retries: 0, timeoutMs: 2_000 } as const

/** All that an error tells, in all its forms. */
const told = (error: LogoutError | undefined): string => `${error?.message} ${JSON.stringify(error)} ${error?.cause}`

const hex = (text: string, encoding: BufferEncoding = 'utf8'): string => Buffer.from(text, encoding).toString('hex')
const escaped = (text: string, write: (code: string) => string): string =>
  text.replace(/[+/=]/g, (sign) => write(hex(sign)))
/** Without the escapes of the forms below. */
const decoded = (text: string): string =>
  text
    .toLowerCase()
    .replace(/(?:&#x|%|\\+u00)([\da-f]{2});?/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+\//g, '/')

/** The forms in which a server may repeat a signature. */
const FORMS: Readonly<Record<string, (mac: string) => string>> = {
  'as it is': (mac) => mac,
  'without padding': (mac) => mac.replaceAll('=', ''),
  'in base64url': (mac) => Buffer.from(mac, 'base64').toString('base64url'),
  'its bytes in hexadecimal': (mac) => hex(mac, 'base64'),
  'its text in hexadecimal': (mac) => hex(mac),
  'its text in base64': (mac) => Buffer.from(mac).toString('base64'),
  'in HTML entities': (mac) => escaped(mac, (code) => `&#x${code};`),
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (mac) => escaped(mac, (code) => `%${code}`),
  'in JSON escapes': (mac) => escaped(mac, (code) => `\\u00${code}`),
  'with escaped slashes': (mac) => mac.replaceAll('/', '\\/'),
  'in lower case': (mac) => mac.toLowerCase(),
}

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

  test.each(Object.entries(FORMS))('signatures are masked if the server repeats them: %s', async (_name, repeat) => {
    const macs: string[] = []
    const transport: Transport = {
      async send({ headers }) {
        macs.push(headers.authorization?.split(':').at(-1) ?? '')
        const told = macs.slice(-2).map(repeat).join(' and ')
        // The escapes of some forms are those of JSON.
        const body = `{"statusCode":403,"message":"${told}","requestId":"${repeat(macs.at(-1) ?? '')}"}`
        return new TransportResponse({ status: 200, headers: new Headers(), body })
      },
    }
    const management = { host: 'https://api.genauth.ai', accessKeyId: 'pool', accessKeySecret: 'the-secret', transport }
    const user = { userId: '62f733a7148bd0028af1e541', appIds: ['app', 'another'] }
    for (let time = 0; time < 20; time++) {
      const kick = await kickUser(user, management, quick)
      const shown = decoded(`${told(kick.error)} ${JSON.stringify(kick)}`)
      expect(shown).toContain('[masked]')
      for (const mac of macs.splice(0)) {
        for (const form of [mac, repeat(mac)].map(decoded)) {
          for (let at = 0; at + 12 <= form.length; at++) expect(shown).not.toContain(form.slice(at, at + 12))
        }
      }
    }
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
