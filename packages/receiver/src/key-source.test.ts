import { fetchTransport, type Transport } from '@backend-logout/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReceiverEvent } from './events.ts'
import { createKey, type IssuerKey, TestIssuer } from './testing/issuer.ts'
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

async function fetchWithoutListener(): Promise<Response> {
  const gone = await TestIssuer.start()
  await gone[Symbol.asyncDispose]()
  return globalThis.fetch(gone.url)
}

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

  test('a thousand tokens that no key without a name has signed, or of unlisted algorithms, cause two in a minute', async () => {
    issuer.metadata = { id_token_signing_alg_values_supported: ['RS256'] }
    issuer.jwks = { keys: [{ ...issuer.key.jwk, kid: undefined }] }
    expect(await verdict(issuer.token())).toBe('accepted')
    const forged = await Promise.all([
      issuer.sign(issuer.claims(), {}, await createKey()),
      issuer.sign(issuer.claims(), {}, await createKey('ES256')),
    ])
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1_000)
      await Promise.all(Array.from({ length: 17 }, (_, n) => verdict(forged[n % 2] as string)))
    }
    expect(issuer.keyRequests - 1).toBe(2)
    expect(issuer.requests.length - issuer.keyRequests - 1).toBe(2)
    expect(await verdict(issuer.token())).toBe('accepted')
  })

  test('a wrong signature under the name of a known key causes none', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(9)
    const forged = issuer.sign(issuer.claims(), {}, { ...(await createKey()), kid: issuer.key.kid })
    expect(await verdict(forged)).toBe('wrong_signature')
    expect(issuer.keyRequests).toBe(1)
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

  test.each([
    { use: null },
    { use: '' },
    { alg: null },
    { key_ops: null },
    { key_ops: [] },
    { kid: null },
    { kid: '' },
  ])('a member without a value counts as missing: %j', async (member) => {
    issuer.jwks = { keys: [{ ...issuer.key.jwk, ...member }] }
    expect(await verdict(issuer.token())).toBe('accepted')
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

describe('a token that old keys or old metadata do not fit is not refused for good', () => {
  const down: TestIssuer['answer'] = (_, response) => {
    response.writeHead(503).end()
    return true
  }
  /** The issuer signs with another key from now on. */
  const rotate = async (alg?: string): Promise<IssuerKey> => {
    const next = await createKey(alg)
    issuer.jwks = { keys: [next.jwk] }
    return next
  }
  const signedBy = (key: IssuerKey, header: object = {}): Promise<string> =>
    issuer.sign(issuer.claims(), { ...header }, key)

  test('while the keys cannot be fetched', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(1)
    const token = await signedBy(await rotate())
    issuer.answer = down
    expect(await verdict(token)).toBe('keys_unavailable')
    issuer.answer = undefined
    vi.advanceTimersByTime(1_000)
    expect(await verdict(token)).toBe('keys_unavailable')
    vi.advanceTimersByTime(29_000)
    expect(await verdict(token)).toBe('accepted')
  })

  test('after the pause that a forged token has caused', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(1)
    expect(await verdict(issuer.token({}, { kid: 'x' }))).toBe('unknown_key')
    const token = await signedBy(await rotate())
    vi.advanceTimersByTime(30_001)
    // A forged token that comes first fetches the new key.
    expect(await verdict(issuer.token({}, { kid: 'y' }))).toBe('unknown_key')
    expect(await verdict(token)).toBe('accepted')
  })

  test('if neither it nor the keys have a name', async () => {
    const anonymous = ({ jwk }: IssuerKey): void => {
      issuer.jwks = { keys: [{ ...jwk, kid: undefined }] }
    }
    anonymous(issuer.key)
    expect(await verdict(issuer.token({}, { kid: undefined }))).toBe('accepted')
    minutes(1)
    const next = await createKey()
    anonymous(next)
    expect(await verdict(signedBy(next, { kid: undefined }))).toBe('accepted')
    const last = await createKey()
    anonymous(last)
    minutes(1)
    const token = await signedBy(last, { kid: undefined })
    issuer.answer = down
    expect(await verdict(token)).toBe('keys_unavailable')
    issuer.answer = undefined
    minutes(1)
    expect(await verdict(token)).toBe('accepted')
    expect(await verdict(signedBy(next, { kid: undefined }))).toBe('wrong_signature')
  })

  test('if its algorithm is new', async () => {
    issuer.metadata = { id_token_signing_alg_values_supported: ['RS256'] }
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(1)
    const next = await rotate('ES256')
    issuer.metadata = { id_token_signing_alg_values_supported: ['RS256', 'ES256'] }
    expect(await verdict(signedBy(next))).toBe('accepted')
    minutes(1)
    const last = await rotate('PS256')
    issuer.metadata = {}
    const token = await signedBy(last)
    issuer.answer = down
    expect(await verdict(token)).toBe('keys_unavailable')
    // The next fetch also reads the metadata, even if a forged token causes it.
    issuer.answer = undefined
    minutes(1)
    expect(await verdict(issuer.sign(issuer.claims(), { kid: 'x' }, next))).toBe('unknown_key')
    expect(await verdict(token)).toBe('accepted')
  })

  describe('if the provider has moved its keys, and the old address still has the old ones', () => {
    let next: IssuerKey
    const moveKeys = async (): Promise<void> => {
      next = await createKey()
      issuer.metadata = { jwks_uri: `${issuer.url}/moved` }
      issuer.answer = ({ url }, response) => {
        if (url !== '/moved') return false
        response.end(JSON.stringify({ keys: [next.jwk] }))
        return true
      }
    }

    test.each([31, 45, 360])('%i seconds after the metadata were read', async (seconds) => {
      expect(await verdict(issuer.token())).toBe('accepted')
      await moveKeys()
      vi.advanceTimersByTime(seconds * 1_000)
      expect(await verdict(signedBy(next))).toBe('accepted')
    })

    test('with the first fetch of keys after a minute, while forged tokens arrive', async () => {
      expect(await verdict(issuer.token())).toBe('accepted')
      await moveKeys()
      for (let second = 1; second <= 90; second++) {
        vi.advanceTimersByTime(1_000)
        await verdict(issuer.token({}, { kid: 'x' }))
      }
      expect(await verdict(signedBy(next))).toBe('accepted')
    })
  })

  test('if a newer key has the same name and the known one is older than ten minutes', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(11)
    issuer.answer = down
    const next = await createKey('RS256', issuer.key.kid)
    expect(await verdict(signedBy(next))).toBe('keys_unavailable')
  })

  test('the error states the rest of the pause', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
    minutes(1)
    issuer.answer = down
    expect(await verdict(issuer.token({}, { kid: 'x' }))).toBe('keys_unavailable')
    vi.advanceTimersByTime(10_000)
    const refused = verifier.verify(await issuer.token({}, { kid: 'x' }))
    await expect(refused).rejects.toMatchObject({ code: 'keys_unavailable', retryable: true, retryAfterMs: 20_000 })
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
    [
      'no address of keys at all',
      (one) => Object.assign(one.metadata, { jwks_uri: undefined }),
      /: its metadata has no jwks_uri\.$/,
    ],
    [
      'an address of keys that is not one',
      (one) => Object.assign(one.metadata, { jwks_uri: 'jwks' }),
      /jwks_uri .*[^.]\.$/,
    ],
    [
      'keys that are not an object',
      (one) => Object.assign(one, { jwks: ['x'] }),
      /its response is not a JSON object\.$/,
    ],
  ])('its response is not accepted with %s', async (_name, spoil, reason) => {
    spoil(issuer)
    expect(await verdict(issuer.token())).toBe('keys_unavailable')
    expect(failures()[0]).toMatch(reason)
  })

  test.each<[string, () => unknown, string]>([
    ['no listener', fetchWithoutListener, ': fetch failed (ECONNREFUSED).'],
    [
      'a certificate that is not trusted',
      () => Promise.reject(new Error('failed', { cause: { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } } })),
      ': failed (DEPTH_ZERO_SELF_SIGNED_CERT).',
    ],
    [
      'a host with several addresses',
      () => Promise.reject(new Error('failed', { cause: new AggregateError([{ code: 'EHOSTUNREACH' }]) })),
      ': failed (EHOSTUNREACH).',
    ],
    [
      'a message with the code',
      () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED.'), { code: 'ECONNREFUSED' })),
      ': connect ECONNREFUSED.',
    ],
    ['an error of this project', () => Promise.reject({ message: 'refused.', code: 'invalid_options' }), ': refused.'],
  ])('the event has the reason: %s', async (_name, send, reason) => {
    const transport = { send: send as Transport['send'] }
    expect(await verdict(issuer.token(), verifierFor({ transport }))).toBe('keys_unavailable')
    expect(failures()[0]).toContain(reason)
    expect(failures()[0]).not.toContain('..')
  })

  test('a transport that throws what cannot be read is one that fails', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const transport: Transport = { send: () => Promise.reject(proxy) }
    expect(await verdict(issuer.token(), verifierFor({ transport }))).toBe('keys_unavailable')
    expect(failures()[0]).toContain('no reason given')
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
    const by = verifierFor({ timeoutMs: 2_000, transport })
    void verdict(issuer.token(), by)
    await expect.poll(() => sent).toBe(1)
    const later = [verdict(issuer.token(), by), verdict(issuer.token(), by)]
    expect(await Promise.all(later)).toEqual(['accepted', 'accepted'])
    expect(issuer.keyRequests).toBe(1)
  })

  test('a fetch that fails late does not affect a token that waits for a later one', async () => {
    const { send } = fetchTransport()
    const held: PromiseWithResolvers<void>[] = []
    const transport: Transport = {
      send: async (request) => {
        const turn = Promise.withResolvers<void>()
        held.push(turn)
        await turn.promise
        return send(request)
      },
    }
    const by = verifierFor({ timeoutMs: 2_000, transport })
    const first = verdict(issuer.token(), by)
    await expect.poll(() => held.length).toBe(1)
    vi.advanceTimersByTime(2_000)
    const later = verdict(issuer.token(), by)
    await expect.poll(() => held.length).toBe(2)
    held[0]?.reject(new Error('down'))
    expect(await first).toBe('keys_unavailable')
    held[1]?.resolve()
    await expect.poll(() => held.length).toBe(3)
    held[2]?.resolve()
    expect(await later).toBe('accepted')
  })

  test('many tokens are not many requests to a provider that does not respond', async () => {
    issuer.answer = () => true
    const by = verifierFor({ timeoutMs: 200 })
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issuer.token()))
    expect(new Set(await Promise.all(tokens.map((token) => verdict(token, by))))).toEqual(new Set(['keys_unavailable']))
    expect(issuer.requests.length).toBeLessThanOrEqual(3)
  })
})
