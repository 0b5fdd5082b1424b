import { unescape as decodePercent, parse } from 'node:querystring'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { LogoutError } from './errors.ts'
import { type LoopbackServer, listen, type ReceivedRequest } from './testing/loopback-server.ts'
import { usableToken } from './token.ts'

describe('a real server receives', () => {
  let server: LoopbackServer
  let received: ReceivedRequest | undefined
  beforeAll(async () => {
    server = await listen((request, response) => {
      received = request
      server.requests.length = 0
      response.end('{"active":true}')
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** The credentials as a provider reads them, with a parser that shares no code with the client. */
  function read({ headers, body }: ReceivedRequest): { id: unknown; secret: unknown; token: unknown } {
    const form = parse(body.toString('latin1'))
    const basic = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(headers.authorization ?? '')?.[1]
    if (basic === undefined) return { id: form.client_id, secret: form.client_secret, token: form.token }
    const [id, secret, ...more] = Buffer.from(basic, 'base64')
      .toString('latin1')
      .split(':')
      .map((part) => decodePercent(part.replaceAll('+', ' ')))
    expect([more, form.client_id, form.client_secret]).toEqual([[], undefined, undefined])
    return { id, secret, token: form.token }
  }

  const visible = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom(...visible) }),
    fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }),
    fc.string({
      minLength: 1,
      maxLength: 80,
      unit: fc.constantFrom('+', '%', '&', '=', ' ', ':', '"', '\\', 'é', '🔑', '~', '*', "'"),
    }),
  )
  const secretText = fc
    .oneof(text, fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }))
    .filter((one) => one.isWellFormed())
  const tokenText = text.filter((one) => usableToken(one, 'app') === one)

  test.each(['client_secret_post', 'client_secret_basic'] as const)(
    'by %s, any token, id and secret, unchanged',
    async (clientAuth) => {
      await fc.assert(
        fc.asyncProperty(secretText, secretText, tokenText, async (id, secret, token) => {
          const endpoints = { revocation: server.origin, introspection: server.origin }
          const client = createLogoutClient({ appId: id, appSecret: secret, endpoints, clientAuth })
          await client.revokeToken(token)
          expect(read(received as ReceivedRequest)).toEqual({ id, secret, token })
          await client.introspectToken(token)
          expect(read(received as ReceivedRequest)).toEqual({ id, secret, token })
        }),
        { numRuns: 60 },
      )
    },
  )

  test('every character that RFC 6749 allows, and some that it does not', async () => {
    // White space at the beginning is refused.
    const token = `x${visible.join('')}ÿ—🔑中文`
    const client = createLogoutClient({ appId: 'app', endpoints: { revocation: server.origin } })
    await client.revokeToken(token)
    expect(parse(String(received?.body)).token).toBe(token)
  })

  test('exactly one credential, whatever the method', async () => {
    const methods = fc.constantFrom('client_secret_post', 'client_secret_basic', 'none', 'tls_client_auth' as const)
    await fc.assert(
      fc.asyncProperty(methods, fc.option(fc.constant('secret'), { nil: undefined }), async (clientAuth, appSecret) => {
        let client: ReturnType<typeof createLogoutClient>
        try {
          client = createLogoutClient({ appId: 'app', appSecret, endpoints: { revocation: server.origin }, clientAuth })
        } catch (error) {
          expect(error).toBeInstanceOf(LogoutError)
          expect(appSecret).toBeUndefined()
          return
        }
        await client.revokeToken('x')
        const { headers, body, rawHeaders } = received as ReceivedRequest
        const shown = [headers.authorization, parse(String(body)).client_secret].filter((one) => one !== undefined)
        expect(shown).toHaveLength(clientAuth.startsWith('client_secret') ? 1 : 0)
        expect(rawHeaders.filter((name) => /^(?:authorization|cookie)$/i.test(name)).length).toBeLessThan(2)
      }),
      { numRuns: 20 },
    )
  })
})

describe('any response of a real server', () => {
  test('ends in true, or in one LogoutError with one code', async () => {
    let next: { status: number; headers: Record<string, string>; body: Buffer } | undefined
    await using server = await listen((_request, response) => {
      const { status, headers, body } = next as NonNullable<typeof next>
      response.writeHead(status, headers)
      response.end(body)
    })
    const client = createLogoutClient({
      appId: 'app',
      endpoints: { revocation: server.origin, introspection: server.origin },
      retries: 0,
    })
    const json = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            error: fc.oneof(fc.constantFrom('invalid_client', 'unsupported_token_type'), fc.jsonValue()),
            statusCode: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.jsonValue()),
            code: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.jsonValue()),
            data: fc.oneof(fc.constant({ success: false }), fc.jsonValue()),
            apiCode: fc.jsonValue(),
            active: fc.oneof(fc.boolean(), fc.jsonValue()),
            requestId: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((body) => JSON.stringify(body)),
    )
    const body = fc.oneof(
      json.map((one) => Buffer.from(one)),
      json.map((one) => Buffer.from(one.slice(0, one.length / 2))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('', '<html>', 'error=invalid_client', '{"a":'.repeat(5_000), 'x'.repeat(70_000))
        .map((one) => Buffer.from(one)),
    )
    const printable = fc.string({
      maxLength: 60,
      unit: fc.constantFrom(...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))),
    })
    const headers = fc.record(
      {
        'content-type': fc.oneof(fc.constantFrom('application/json', 'text/html', 'text/plain'), printable),
        'www-authenticate': fc.oneof(fc.constantFrom('Basic error="invalid_client"', 'Bearer error=x'), printable),
        'retry-after': fc.oneof(fc.constantFrom('0', '120', 'Thu, 01 Jan 2026 00:00:30 GMT'), printable),
        'x-request-id': printable,
      },
      { requiredKeys: [] },
    )
    const answers = fc.record({ status: fc.integer({ min: 200, max: 999 }), headers, body })
    const ends = new Set<string>()
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        next = given
        for (const run of [() => client.revokeToken('x'), () => client.introspectToken('x')]) {
          try {
            const result = await run()
            expect(result === true || typeof (result as { active: unknown }).active === 'boolean').toBe(true)
            expect(given.status).toBeLessThan(300)
            ends.add('success')
          } catch (error) {
            expect(error).toBeInstanceOf(LogoutError)
            const { code, status, attempts } = error as LogoutError
            // 204, 205 and 304 have no body, so bytes after them may break the connection.
            if (code !== 'network') expect({ status, attempts }).toEqual({ status: given.status, attempts: 1 })
            ends.add(code)
          }
        }
      }),
      { numRuns: 150 },
    )
    expect(ends.size).toBeGreaterThan(3)
  })
})
