import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'
import { credentials, getUserinfo, postForm, send } from './testing/wire.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.reset())
afterAll(() => emulator.close())

async function post(action: string, input: unknown = {}) {
  const headers = { 'content-type': 'application/json' }
  const url = `${emulator.appHost}/emulator/${action}`
  const { status, body } = await send(url, { method: 'POST', body: JSON.stringify(input), headers })
  return { status, body: JSON.parse(body) }
}

async function get(action: string) {
  const { status, body } = await send(`${emulator.appHost}/emulator/${action}`)
  return { status, body: JSON.parse(body) }
}

describe('over HTTP', () => {
  test("apps returns the preconfigured applications and the provider's address", async () => {
    const { body } = await get('apps')
    expect(body).toEqual({
      appHost: emulator.appHost,
      issuer: emulator.issuer,
      apps: emulator.apps,
      management: emulator.management,
    })
  })

  test('sign-in signs a user in, at the given application', async () => {
    const { status, body } = await post('sign-in', { user: 'alice', app: 'basic' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      sub: 'alice',
      expiresIn: 3600,
      refreshToken: expect.any(String),
      idToken: expect.any(String),
    })
    expect((await getUserinfo(emulator.appHost, body.accessToken)).status).toBe(200)
    const { body: answer } = await postForm(`${emulator.issuer}/token/introspection`, {
      token: body.accessToken,
      ...credentials(emulator.app),
    })
    expect(JSON.parse(answer).client_id).toBe(emulator.apps.basic.appId)
  })

  test('sign-in accepts a user with claims, no user, and an application by its id', async () => {
    const { body } = await post('sign-in', { user: { sub: 'bob', name: 'Bob' }, app: emulator.apps.none.appId })
    expect(JSON.parse((await getUserinfo(emulator.appHost, body.accessToken)).body)).toEqual({
      sub: 'bob',
      name: 'Bob',
    })
    expect((await post('sign-in')).body.sub).toBe('user')
  })

  test('is-active reports whether a token works', async () => {
    const { accessToken } = await emulator.signIn()
    expect((await post('is-active', { token: accessToken })).body).toEqual({ active: true })
    expect((await post('is-active', { token: 'unknown' })).body).toEqual({ active: false })
  })

  test('issue-tokens issues tokens', async () => {
    const { body } = await post('issue-tokens', { count: 2, user: 'alice', app: 'none', accessTokenTtl: 60 })
    expect(body).toHaveLength(2)
    expect(await emulator.isActive(body[1])).toBe(true)
  })

  test('answer-next, answer-always and reset control responses', async () => {
    const revoke = async () => (await postForm(`${emulator.issuer}/token/revocation`, { token: 'x' })).status
    expect((await post('answer-next', { status: 503, times: 1 })).status).toBe(200)
    expect((await post('answer-always', { status: 429 })).status).toBe(200)
    expect([await revoke(), await revoke(), await revoke()]).toEqual([503, 429, 429])
    await post('reset')
    expect(await revoke()).toBe(400)
  })

  test("tokens and requests list the emulator's records, without secrets", async () => {
    const { accessToken } = await emulator.signIn('carol')
    const [tokens, requests] = [await get('tokens'), await get('requests')]
    expect(tokens.body.at(-2)).toMatchObject({ sub: 'carol', active: true })
    expect(requests.body.at(-1)).toMatchObject({ endpoint: 'token', status: 200 })
    expect(JSON.stringify([tokens, requests])).not.toContain(accessToken)
  })

  test.each([
    ['sign-in', { app: 'unknown' }],
    ['sign-in', { user: 1 }],
    ['answer-next', { statuss: 500 }],
    ['answer-next', { constructor: 500 }],
    ['is-active', {}],
    ['issue-tokens', {}],
    ['reset', []],
  ])('%s refuses %j and states why', async (action, input) => {
    const { status, body } = await post(action, input)
    expect([status, body]).toEqual([400, { error: expect.any(String) }])
  })

  test('an unknown action returns 404, and a wrong method 405', async () => {
    expect((await post('nothing')).status).toBe(404)
    expect((await get('reset')).status).toBe(405)
    expect((await post('apps')).status).toBe(405)
  })
})

describe('a body without a length', () => {
  /** Sends a body in chunks for as long as it is read, and returns the response. */
  async function pour(chunk: Buffer): Promise<string> {
    const { hostname, port, host } = new URL(emulator.appHost)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket
      .on('error', () => {})
      .on('data', (data) => {
        answer += data
        socket.destroy()
      })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const head = ['POST /emulator/answer-next HTTP/1.1', `host: ${host}`, 'content-type: application/json']
    socket.write([...head, 'transfer-encoding: chunked', '', ''].join('\r\n'))
    const more = (): void => {
      if (socket.destroyed) return
      if (socket.write(chunk)) setImmediate(more)
      else socket.once('drain', more)
    }
    more()
    await closed
    return answer
  }

  test('is refused once it exceeds 1 MiB, in large chunks or in small ones', async () => {
    const large = Buffer.from(`ffff\r\n${' '.repeat(0xffff)}\r\n`)
    const small = Buffer.from(`20\r\n${' '.repeat(0x20)}\r\n`.repeat(1_000))
    for (const chunk of [large, small]) {
      expect(await pour(chunk)).toMatch(/^HTTP\/1\.1 413 .*the body may have 1048576 bytes/s)
    }
  })

  test('is accepted at exactly 1 MiB', async () => {
    const body = 'x'.repeat(1024 * 1024 - 100)
    expect(await post('answer-next', { body })).toEqual({ status: 200, body: {} })
    expect((await postForm(`${emulator.issuer}/token/revocation`, {})).body).toBe(body)
  })
})

describe('a hostile web page', () => {
  /** Sends headers that `fetch` does not let a program set. */
  async function sendAs(headers: Record<string, string>, body = '{}', method = 'POST', action = 'sign-in') {
    const { hostname, port } = new URL(emulator.appHost)
    const path = `/emulator/${action}`
    const request = httpRequest({
      hostname,
      port,
      path,
      method,
      headers: { 'content-type': 'application/json', ...headers },
    })
    return new Promise<{ status: number | undefined; body: string; cors: unknown }>((resolve, reject) => {
      request.once('error', reject).once('response', async (response) => {
        const cors = response.headers['access-control-allow-origin']
        resolve({ status: response.statusCode, body: await text(response), cors })
      })
      request.end(method === 'POST' ? body : undefined)
    })
  }

  test('is distinguished by this test from a program', async () => {
    expect((await sendAs({})).status).toBe(200)
    expect((await sendAs({ origin: emulator.appHost, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await sendAs({ host: `localhost:${new URL(emulator.appHost).port}` })).status).toBe(200)
  })

  test.each(['rebound.example', '127.0.0.1.example', '127.0.0.1'])(
    'that rebinds the name "%s" to loopback is refused',
    async (host) => {
      expect((await sendAs({ host })).status).toBe(403)
      expect((await sendAs({ host }, '', 'GET', 'apps')).status).toBe(403)
    },
  )

  test.each(['https://evil.example', 'null', 'http://localhost', 'http://127.0.0.1:1', ''])(
    'of the origin %s is refused',
    async (origin) => {
      expect((await sendAs({ origin })).status).toBe(403)
      expect((await sendAs({ origin }, '', 'GET', 'apps')).status).toBe(403)
    },
  )

  test.each(['cross-site', 'same-site'])('that is %s is refused', async (site) => {
    expect((await sendAs({ 'sec-fetch-site': site }, '', 'GET', 'apps')).status).toBe(403)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'that posts as "%s", which needs no preflight, is refused',
    async (type) => {
      expect((await sendAs({ 'content-type': type })).status).toBe(415)
    },
  )

  test('may not read the responses, even with cors', async () => {
    await using open = await startEmulator({ cors: true })
    const origin = 'https://evil.example'
    for (const init of [{}, { method: 'OPTIONS' }]) {
      const { status, headers } = await send(`${open.appHost}/emulator/apps`, { ...init, headers: { origin } })
      expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null])
    }
  })
})
