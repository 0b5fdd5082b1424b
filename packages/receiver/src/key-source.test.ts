import { fetchTransport, type Transport } from '@backend-logout/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReceiverEvent } from './events.ts'
import { createKey, TestIssuer } from './testing/issuer.ts'
import { verdictOf } from './testing/verdict.ts'
import { createLogoutTokenVerifier, type LogoutTokenVerifier } from './verifier.ts'

let issuer: TestIssuer
let verifier: LogoutTokenVerifier
let events: ReceiverEvent[]
beforeEach(async () => {
  // Only the clock is simulated: sockets and timers are real.
  vi.useFakeTimers({ toFake: ['performance'] })
  issuer = await TestIssuer.start()
  events = []
  verifier = verifierFor()
})
afterEach(async () => {
  vi.useRealTimers()
  await issuer[Symbol.asyncDispose]()
})

const verifierFor = (options: object = {}): LogoutTokenVerifier =>
  createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app', onEvent: (event) => events.push(event), ...options })

const verdict = (token: string | Promise<string>, by = verifier): Promise<string> => verdictOf(token, by)

const failures = (): string[] => events.flatMap((event) => (event.type === 'keys_failed' ? [event.message] : []))
const minutes = (count: number): unknown => vi.advanceTimersByTime(count * 60_000)

describe('requests', () => {
  test('none before the first token', () => {
    expect(issuer.requests).toEqual([])
  })

  test('a hundred concurrent first tokens share one fetch', async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => issuer.token()))
    expect(new Set(await Promise.all(tokens.map((token) => verdict(token))))).toEqual(new Set(['accepted']))
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  test('invalid tokens cause none', async () => {
    await Promise.all([
      verdict(issuer.token({ aud: 'another' })),
      verdict(issuer.token({ nonce: 'n' })),
      verdict(issuer.token({}, { typ: 'at+jwt' })),
      verdict('nonsense'),
    ])
    expect(issuer.requests).toEqual([])
  })

  test('a thousand tokens with unknown kids cause two in a minute', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1_000)
      const flood = Array.from({ length: 17 }, (_, n) => verdict(issuer.token({}, { kid: `${second}-${n}` })))
      expect(new Set(await Promise.all(flood))).toEqual(new Set(['unknown_key']))
    }
    expect(issuer.keyRequests - 1).toBe(2)
    expect(issuer.requests.length - issuer.keyRequests).toBe(1)
  })
})

describe('keys that change', () => {
  test('a new key is accepted with the first token that it signed', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    const next = await createKey()
    issuer.jwks = { keys: [issuer.key.jwk, next.jwk] }
    minutes(1)
    expect(await verdict(issuer.sign(issuer.claims(), {}, next))).toBe('accepted')
    expect(issuer.keyRequests).toBe(2)
  })

  test('concurrent tokens that a new key signed are all accepted, after one fetch', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    const next = await createKey()
    issuer.jwks = { keys: [issuer.key.jwk, next.jwk] }
    minutes(1)
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.sign(issuer.claims(), {}, next)))
    expect(new Set(await Promise.all(tokens.map((token) => verdict(token))))).toEqual(new Set(['accepted']))
    expect(issuer.keyRequests).toBe(2)
  })

  test('a withdrawn key is accepted for ten minutes at most', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    issuer.jwks = { keys: [(await createKey()).jwk] }
    minutes(9)
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(2)
    expect(await verdict(issuer.token())).toBe('unknown_key')
  })

  test('several keys without a kid are tried, up to four', async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => createKey('ES256')))
    const strip = (jwk: object): object => ({ ...jwk, kid: undefined })
    issuer.jwks = { keys: keys.map(({ jwk }) => strip(jwk)) }
    const signed = (index: number): Promise<string> =>
      issuer.sign(issuer.claims(), { kid: undefined }, keys[index] as (typeof keys)[number])
    expect(await verdict(signed(3))).toBe('accepted')
    expect(await verdict(signed(4))).toBe('wrong_signature')
  })

  test('keys for encryption, symmetric keys and invalid keys are ignored', async () => {
    const { jwk } = issuer.key
    issuer.jwks = {
      keys: [
        { ...jwk, use: 'enc' },
        { ...jwk, key_ops: ['encrypt'] },
        { kty: 'oct', k: 'c2VjcmV0', kid: 'x' },
        null,
        'key',
        [],
      ],
    }
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    expect(failures()[0]).toContain('no key for signatures')
  })

  test('an RSA key that is too short is ignored', async () => {
    const short = {
      kty: 'RSA',
      n: Buffer.alloc(64, 0xc1).toString('base64url'),
      e: 'AQAB',
      kid: issuer.key.kid,
      alg: 'RS256',
    }
    issuer.jwks = { keys: [short] }
    expect(await verdict(issuer.token())).toMatch(/^(?:unknown_key|wrong_signature)$/)
  })

  test('a key for one algorithm is not used with another', async () => {
    issuer.jwks = { keys: [{ ...issuer.key.jwk, alg: 'PS256' }] }
    expect(await verdict(issuer.token())).toBe('unknown_key')
  })
})

describe('a provider that fails', () => {
  test('its last good keys remain valid for a day', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    issuer.answer = (_, response) => {
      response.writeHead(500).end()
      return true
    }
    minutes(60)
    expect(await verdict(issuer.token())).toBe('accepted')
    expect(failures()[0]).toContain('status 500')
    minutes(23 * 60 - 1)
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(2)
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    issuer.answer = undefined
    minutes(1)
    expect(await verdict(issuer.token())).toBe('accepted')
  })

  test('an empty key set does not replace good keys', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    issuer.jwks = { keys: [] }
    minutes(11)
    expect(await verdict(issuer.token())).toBe('accepted')
  })

  test('without any keys, it is called again after five seconds', async () => {
    issuer.metadata = { jwks_uri: undefined }
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    issuer.metadata = {}
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    vi.advanceTimersByTime(5_000)
    expect(await verdict(issuer.token())).toBe('accepted')
  })

  test.each<[string, (issuer: TestIssuer) => void, RegExp]>([
    [
      'metadata of another issuer',
      (one) => Object.assign(one.metadata, { issuer: 'https://other.example.com' }),
      /another issuer/,
    ],
    [
      'keys elsewhere over http',
      (one) => Object.assign(one.metadata, { jwks_uri: 'http://keys.example.com/jwks' }),
      /https/,
    ],
    ['no address of keys', (one) => Object.assign(one.metadata, { jwks_uri: 7 }), /jwks_uri/],
    ['keys that are not a list', (one) => Object.assign(one, { jwks: { keys: {} } }), /no key/],
    ['keys that are not an object', (one) => Object.assign(one, { jwks: ['x'] }), /not JSON/],
  ])('its response is not accepted with %s', async (_name, spoil, reason) => {
    spoil(issuer)
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    expect(failures()[0]).toMatch(reason)
  })

  test('a redirect is not followed', async () => {
    await using thief = await TestIssuer.start()
    issuer.answer = (request, response) => {
      if (request.url !== '/jwks') return false
      response.writeHead(302, { location: `${thief.url}/jwks` }).end()
      return true
    }
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    expect(failures()[0]).toContain('redirect')
    expect(thief.requests).toEqual([])
  })

  test('an endless response is cut off', async () => {
    issuer.answer = (request, response) => {
      if (request.url !== '/jwks') return false
      response.writeHead(200)
      const chunk = Buffer.alloc(65_536, 0x20)
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', write)
      }
      write()
      return true
    }
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    expect(failures()[0]).toContain('longer than')
  })

  test('a response that never comes ends with a timeout', async () => {
    issuer.answer = () => true
    expect(await verdict(issuer.token(), verifierFor({ timeoutMs: 100 }))).toBe('keys_unavailable')
    expect(failures()[0]).toContain('100 ms')
  })

  test('a fetch that never ends delays later tokens only until its time is up', async () => {
    const { send } = fetchTransport()
    let sent = 0
    const transport: Transport = { send: (request) => (sent++ === 0 ? new Promise(() => {}) : send(request)) }
    const by = verifierFor({ timeoutMs: 500, transport })
    void verdict(issuer.token(), by)
    await expect.poll(() => sent).toBe(1)
    const later = [verdict(issuer.token(), by), verdict(issuer.token(), by)]
    expect(await Promise.all(later)).toEqual(['accepted', 'accepted'])
    expect(issuer.keyRequests).toBe(1)
  })

  test('many tokens are not many requests to a provider that does not respond', async () => {
    issuer.answer = () => true
    const by = verifierFor({ timeoutMs: 200 })
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issuer.token()))
    expect(new Set(await Promise.all(tokens.map((token) => verdict(token, by))))).toEqual(new Set(['keys_unavailable']))
    expect(issuer.requests.length).toBeLessThanOrEqual(3)
  })
})
