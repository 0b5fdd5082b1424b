import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { NextFault } from './faults.ts'
import { type Emulator, startEmulator } from './index.ts'
import { credentials, getUserinfo, postForm, rawPost, send, sendRaw } from './testing/wire.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.reset())
afterAll(() => emulator.close())

const path = '/oidc/token/revocation'
const revoke = (token = 'x') => postForm(emulator.appHost + path, { token, ...credentials(emulator.app) })
const revokeRaw = (token = 'x') =>
  sendRaw(emulator.appHost, rawPost(emulator.appHost, path, { token, ...credentials(emulator.app) }))

describe('a queued response', () => {
  test('has the given status, headers and body, and the token stays unchanged', async () => {
    const { accessToken } = await emulator.signIn()
    emulator.answerNext({ status: 503, headers: { 'retry-after': '7', 'content-type': 'text/html' }, body: '<p>busy' })
    const { status, headers, body } = await revoke(accessToken)
    expect([status, headers.get('retry-after'), headers.get('content-type'), body]).toEqual([
      503,
      '7',
      'text/html',
      '<p>busy',
    ])
    expect(await emulator.isActive(accessToken)).toBe(true)
    expect((await revoke(accessToken)).status).toBe(200)
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('is JSON when its body is an object', async () => {
    emulator.answerNext({ status: 400, body: { error: 'unsupported_token_type' } })
    const { headers, body } = await revoke()
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(JSON.parse(body)).toEqual({ error: 'unsupported_token_type' })
  })

  test('is empty if only a status is given', async () => {
    emulator.answerNext({ status: 204 })
    const { status, body } = await revoke()
    expect([status, body]).toEqual([204, ''])
  })

  test("can be GenAuth's error envelope inside HTTP 200", async () => {
    emulator.answerNext({ envelopeError: { statusCode: 403, apiCode: 2333, message: 'no' } })
    const { status, body } = await revoke()
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({ statusCode: 403, apiCode: 2333, message: 'no', requestId: expect.any(String) })
  })

  test('is returned in order, and as often as requested', async () => {
    emulator.answerNext({ status: 500, times: 2 })
    emulator.answerNext({ status: 429 })
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await revoke()).status)
    expect(statuses).toEqual([500, 500, 429, 200])
  })

  test('is for one endpoint, of both protocols', async () => {
    const { accessToken } = await emulator.signIn()
    emulator.answerNext({ endpoint: 'userinfo', status: 500 })
    expect((await revoke('other')).status).toBe(200)
    expect((await getUserinfo(emulator.appHost, accessToken, '/oauth/me')).status).toBe(500)
    expect((await getUserinfo(emulator.appHost, accessToken)).status).toBe(200)
  })

  test('can be for any endpoint', async () => {
    emulator.answerNext({ endpoint: 'any', status: 500, times: 2 })
    expect((await send(`${emulator.issuer}/.well-known/openid-configuration`)).status).toBe(500)
    expect((await revoke()).status).toBe(500)
    expect((await revoke()).status).toBe(200)
  })

  test('can apply permanently, after the queue, until reset()', async () => {
    emulator.answerAlways({ status: 500 })
    emulator.answerAlways({ status: 502 })
    emulator.answerNext({ status: 429 })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await revoke()).status)
    emulator.reset()
    statuses.push((await revoke()).status)
    expect(statuses).toEqual([429, 502, 502, 200])
  })

  test('can be lost after the request has been executed', async () => {
    const { accessToken } = await emulator.signIn()
    emulator.answerNext({ drop: true, handled: true })
    expect((await revokeRaw(accessToken)).received).toBe('')
    expect(await emulator.isActive(accessToken)).toBe(false)
  })
})

describe('a delay', () => {
  test('precedes a response', async () => {
    emulator.answerNext({ delayMs: 60, status: 503 })
    const start = performance.now()
    expect((await revoke()).status).toBe(503)
    // Timers may fire a little early by this clock.
    expect(performance.now() - start).toBeGreaterThan(55)
  })

  test('alone is followed by the usual response', async () => {
    const { accessToken } = await emulator.signIn()
    emulator.answerNext({ delayMs: 10 })
    expect((await revoke(accessToken)).status).toBe(200)
    expect(await emulator.isActive(accessToken)).toBe(false)
  })
})

describe('a connection', () => {
  test('can be dropped without a response', async () => {
    emulator.answerNext({ drop: true })
    expect(await revokeRaw()).toEqual({ received: '' })
  })

  test('can be reset', async () => {
    emulator.answerNext({ drop: 'reset' })
    expect(await revokeRaw()).toEqual({ received: '', error: 'ECONNRESET' })
  })

  test('can break in the middle of a body', async () => {
    emulator.answerNext({ headers: { 'content-length': '100' }, body: '{"statusCode":', drop: true })
    const { received } = await revokeRaw()
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*content-length: 100\r\n.*\r\n\r\n\{"statusCode":$/is)
    emulator.answerNext({ body: '{"statusCode":', drop: true })
    await expect(revoke()).rejects.toThrow()
  })

  test('can stay silent', async () => {
    emulator.answerNext({ hang: true })
    await expect(send(emulator.appHost + path, { method: 'POST', signal: AbortSignal.timeout(100) })).rejects.toThrow(
      /timeout/,
    )
  })

  test('can fall silent after the headers, or in the middle of a body', async () => {
    for (const body of ['', 'begin']) {
      emulator.answerNext({ status: 200, body, hang: true })
      const client = new AbortController()
      const response = await fetch(emulator.appHost + path, { method: 'POST', signal: client.signal })
      expect(response.status).toBe(200)
      const reader = response.body?.getReader()
      if (body) expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(body)
      setTimeout(() => client.abort(new Error('still silent')), 100)
      await expect(reader?.read()).rejects.toThrow('still silent')
    }
  })

  test('can send a body without an end, for as long as the client reads', async () => {
    emulator.answerNext({ endless: true, body: '{' })
    const response = await fetch(emulator.appHost + path, { method: 'POST' })
    let length = 0
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > 1_000_000) break
    }
    expect(length).toBeGreaterThan(1_000_000)
    expect((await revoke()).status).toBe(200)
  })
})

test.each<[string, unknown]>([
  ['a property that does not exist', { statuss: 500 }],
  ['an invalid status', { status: 99 }],
  ['a status that is not a response', { status: 100 }],
  ['an invalid number of times', { times: 0 }],
  ['a negative delay', { delayMs: -1 }],
  ['headers that are not strings', { headers: { 'retry-after': 1 } }],
  ['an envelope without a status', { envelopeError: { message: 'x' } }],
  ['an endpoint that does not exist', { endpoint: 'revoke' }],
])('refuses a response with %s', async (_, fault) => {
  expect(() => emulator.answerNext(fault as NextFault)).toThrow(TypeError)
  expect((await revoke()).status).toBe(200)
})
