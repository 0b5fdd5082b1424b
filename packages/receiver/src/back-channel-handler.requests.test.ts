import { describe, expect, test } from 'vitest'
import { readLogoutToken } from './form-body.ts'
import { events, eventTypes, handlerFor, issuer, report, setUpReports, URL } from './testing/reported-logouts.ts'

setUpReports()

describe('an invalid report', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test.each<[string, string, number, RequestInit]>([
    ['method_not_allowed', 'GET', 405, { method: 'GET' }],
    ['method_not_allowed', 'PUT', 405, { method: 'PUT', headers: form, body: 'logout_token=x' }],
    ['unsupported_media_type', 'JSON', 400, { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['unsupported_media_type', 'no type', 400, { body: new Uint8Array(1) }],
    ['unsupported_media_type', 'a form of parts', 400, { body: new FormData() }],
    [
      'unsupported_media_type',
      'a compressed body',
      400,
      { headers: { ...form, 'content-encoding': 'gzip' }, body: 'x' },
    ],
    ['malformed_body', 'no body', 400, { headers: form }],
    ['malformed_body', 'no token', 400, { headers: form, body: 'other=1' }],
    ['malformed_body', 'an empty token', 400, { headers: form, body: 'logout_token=' }],
    ['malformed_body', 'two tokens', 400, { headers: form, body: 'logout_token=a&logout_token=b' }],
    [
      'malformed_body',
      'not UTF-8',
      400,
      { headers: form, body: Buffer.from('logout_token=x&name=j\xfcrgen', 'latin1') },
    ],
    ['body_too_large', '64 KiB', 400, { headers: form, body: `logout_token=${'x'.repeat(65_536)}` }],
    ['malformed', 'an invalid token', 400, { headers: form, body: 'logout_token=x' }],
  ])('%s: %s', async (code, _name, status, init) => {
    const answer = await handlerFor()(new Request(URL, { method: 'POST', ...init }))
    expect(answer.status).toBe(status)
    expect(events.at(-1)).toMatchObject({ type: 'refused', code, status })
  })

  test('every refusal has the same response, whatever the reason', async () => {
    const handler = handlerFor()
    const tokens = [
      issuer.token({ aud: 'x' }),
      issuer.token({ nonce: 'n' }),
      issuer.token({ iss: 'https://x' }),
      issuer.token({ events: undefined }),
      issuer.token({ events: { other: {} } }),
      issuer.token({}, { typ: 'at+jwt' }),
      issuer.token({}, { kid: 'nobody' }),
      issuer.token({ sub: 'bob' }).then((token) => `${token.slice(0, -8)}AAAAAAAA`),
      'nonsense',
    ]
    const answers = await Promise.all(tokens.map(async (token) => handler(report(await token))))
    const read = await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`))
    expect(new Set(read)).toEqual(new Set([read[0]]))
    expect(read[0]).toMatch(/^400 /)
  })

  test('body_too_large: an endless body is not read to its end', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1_000
        controller.enqueue(new Uint8Array(1_000))
      },
    })
    const init = { method: 'POST', headers: form, body: endless, duplex: 'half' } as RequestInit
    expect((await handlerFor()(new Request(URL, init))).status).toBe(400)
    expect(pulled).toBeLessThan(50_000)
  })

  test('incomplete_body: a request that its server cannot create, for example with an invalid Host', async () => {
    const request = Object.defineProperty(report('x'), 'body', {
      get: () => {
        throw new TypeError('Invalid URL')
      },
    })
    expect((await handlerFor()(request)).status).toBe(400)
    expect(eventTypes()).toEqual(['refused'])
  })

  test('incomplete_body: a body that stops or breaks off', async () => {
    const stuck = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('broken')) })
    for (const body of [stuck, broken]) {
      const init = { method: 'POST', headers: form, body, duplex: 'half' } as RequestInit
      expect(await readLogoutToken(new Request(URL, init), 50)).toEqual({ problem: 'incomplete_body' })
    }
  })

  test('body_already_read: a body that a parser has read before', async () => {
    const used = report('x')
    await used.text()
    expect(await readLogoutToken(used)).toEqual({ problem: 'body_already_read' })
  })
})

test.each<[string, object]>([
  ['sessions', { sessions: undefined }],
  ['sessions.find', { sessions: {} }],
  ['revocations.append', { revocations: {} }],
  ['outbox.add', { outbox: {} }],
  ['verifier', { verifier: {} }],
  ['failureStatus', { failureStatus: 500 }],
  ['storeTimeoutMs', { storeTimeoutMs: 0 }],
  ['revokedForSeconds', { revokedForSeconds: 1 }],
  ['onEvent', { onEvent: true }],
])('the option %s is checked', (option, wrong) => {
  expect(() => handlerFor(wrong)).toThrow(expect.objectContaining({ code: 'invalid_options', option }))
})
