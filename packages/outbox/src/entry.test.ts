import { describe, expect, test } from 'vitest'
import { EntrySealer, readEntry } from './entry.ts'
import { createFingerprint } from './fingerprint.ts'
import { createKeyring } from './keyring.ts'
import { readTokens } from './tokens.ts'

const ID = '11111111-1111-4111-8111-111111111111'
const OTHER_ID = '22222222-2222-4222-8222-222222222222'
const keyring = createKeyring([{ kid: 'old', key: new Uint8Array(32).fill(7) }])
const sealerFor = (provider?: string, queue = 'backend_logout'): EntrySealer =>
  new EntrySealer(keyring, { queue, provider })
const sealer = sealerFor('app https://id.example.com')
const { about, secret } = readTokens(
  { accessToken: 'the-access', refreshToken: 'the-refresh' },
  undefined,
  86_400_000,
  createFingerprint(undefined),
)

/** Written before logouts were bound to anything. */
const OLD = {
  jwe: 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoib2xkIiwidHlwIjoiYmFja2VuZC1sb2dvdXQrandlIiwiYXQiOjE3NjQwMDAwMDAwMDAsInRva2VucyI6W1sicmVmcmVzaF90b2tlbiIsInNoYTI1NjowYWRjYmU1MmM0YjQxMGIwIiwxOTAwMDAwMDAwMDAwXSxbImFjY2Vzc190b2tlbiIsInNoYTI1Njo0NDhkOTkzYzU5ZDg1ZDYwIiwxOTAwMDAwMDAwMDAwXV19..gkGCwJSyl3Vc6GH-.3faCI9hfKjYPTnJf2WKZbPNTo-widtPG4XHFzLr5UbKEC_bm9_X0UaeZbfBJ1Ey2cEvDvnSQY5WEgtA.hYnGdINdG3cgPr2sZrjYdQ',
}

describe('EntrySealer', () => {
  test('stores only fingerprints, times and the place in readable form', () => {
    const data = sealer.seal(ID, about, secret)
    expect(Object.keys(data)).toEqual(['jwe'])
    expect(readEntry(data.jwe)).toEqual(about)
    const header = Buffer.from(data.jwe.split('.')[0] ?? '', 'base64url').toString()
    expect(header).not.toMatch(/the-(?:access|refresh)|example/)
    expect(sealer.open(ID, data)).toEqual({ ok: true, about, secret })
  })

  test('omits revoked tokens', () => {
    const opened = sealer.open(ID, sealer.seal(ID, { ...about, tokens: about.tokens.slice(1) }, secret))
    expect(opened).toMatchObject({ ok: true, secret: { access_token: 'the-access' } })
    expect(opened.ok && opened.secret.refresh_token).toBeUndefined()
  })

  test('does not open a logout in another row, outbox or provider', () => {
    const data = sealer.seal(ID, about, secret)
    expect(sealer.open(OTHER_ID, data)).toEqual({ ok: false, code: 'misplaced', about })
    const there = sealerFor('app https://id.example.com', 'another_schema')
    expect(there.open(ID, data)).toEqual({ ok: false, code: 'misplaced', about })
    for (const provider of ['app https://evil.example.com', 'app2 https://id.example.com']) {
      expect(sealerFor(provider).open(ID, data)).toEqual({ ok: false, code: 'other_provider', about })
    }
  })

  test('opens a logout that a process without a client added, and opens for a client without an identity', () => {
    expect(sealer.open(ID, sealerFor().seal(ID, about, secret))).toMatchObject({ ok: true })
    expect(sealerFor().open(ID, sealer.seal(ID, about, secret))).toMatchObject({ ok: true })
  })

  test('opens logouts from before they were bound to their place', () => {
    expect(sealer.open(ID, OLD)).toEqual({
      ok: true,
      about: {
        addedAt: 1_764_000_000_000,
        tokens: [
          { tokenType: 'refresh_token', fingerprint: 'sha256:0adcbe52c4b410b0', expiresAt: 1_900_000_000_000 },
          { tokenType: 'access_token', fingerprint: 'sha256:448d993c59d85d60', expiresAt: 1_900_000_000_000 },
        ],
      },
      secret: { refresh_token: 'the-refresh', access_token: 'the-access' },
    })
  })

  test('cannot be made to ignore the place by a change of the readable part', () => {
    const [header = '', ...rest] = sealer.seal(ID, about, secret).jwe.split('.')
    const { id, queue, provider, ...unbound } = JSON.parse(Buffer.from(header, 'base64url').toString())
    expect([id, queue, provider]).toEqual([ID, 'backend_logout', expect.stringMatching(/^[\w-]{22}$/)])
    const jwe = [Buffer.from(JSON.stringify(unbound)).toString('base64url'), ...rest].join('.')
    expect(sealer.open(OTHER_ID, { jwe })).toEqual({ ok: false, code: 'undecryptable', about })
  })

  test.each([
    undefined,
    null,
    5,
    'text',
    [],
    [{ jwe: OLD.jwe }],
    {},
    { jwe: null },
    { jwe: ['x'] },
    { jwe: { split: 1 } },
    JSON.parse('{"__proto__":{"jwe":"x"}}'),
  ])('cannot open %j', (data) => {
    expect(sealer.open(ID, data)).toEqual({ ok: false, code: 'undecryptable', about: undefined })
  })

  test.each([
    ['null', null],
    ['a text', 'the-access'],
    ['a list', ['the-access']],
    ['another type', { access_token: 7, refresh_token: 'the-refresh' }],
    ['a token that is missing', { refresh_token: 'the-refresh' }],
    ['an empty token', { access_token: '', refresh_token: 'the-refresh' }],
    ['an endless token', { access_token: 'x'.repeat(65_537), refresh_token: 'the-refresh' }],
  ])('does not open data that another program has sealed with the same key: %s', (_, sealed) => {
    const tokens = about.tokens.map(({ tokenType, fingerprint, expiresAt }) => [tokenType, fingerprint, expiresAt])
    const jwe = keyring.seal(sealed, { at: about.addedAt, tokens })
    expect(sealer.open(ID, { jwe })).toEqual({ ok: false, code: 'undecryptable', about })
  })
})

describe('readEntry()', () => {
  const token = ['access_token', 'sha256:0adcbe52c4b410b0', 1_900_000_000_000]
  const headed = (header: unknown): string => `${Buffer.from(JSON.stringify(header)).toString('base64url')}..a.b.c`

  test('reads the readable part without a key', () => {
    expect(readEntry(headed({ at: 5, tokens: [token] }))).toEqual({
      addedAt: 5,
      tokens: [{ tokenType: 'access_token', fingerprint: 'sha256:0adcbe52c4b410b0', expiresAt: 1_900_000_000_000 }],
    })
  })

  test.each([
    undefined,
    null,
    5,
    {},
    'x',
    'e30.a.b.c.d',
    '',
    '.',
    headed(null),
    headed([]),
    headed('text'),
    headed({ tokens: [token] }),
    ...[null, 'soon', -1, 1e300, '5', [5]].map((at) => headed({ at, tokens: [token] })),
    ...[undefined, null, {}, 'ab', [], [1], [null], [[]], [token, token], [token, token, token], [{ length: 3 }]].map(
      (tokens) => headed({ at: 1, tokens }),
    ),
    ...[
      ['id_token', token[1], token[2]],
      ['__proto__', token[1], token[2]],
      [['access_token'], token[1], token[2]],
      [token[0], '\u001b]0;owned\u0007', token[2]],
      [token[0], 'sha256:\u202e', token[2]],
      [token[0], 'x'.repeat(101), token[2]],
      [token[0], null, token[2]],
      [token[0], token[1], 'never'],
      [token[0], token[1], -1],
      [token[0], token[1], 9e15],
      [token[0], token[1], null],
    ].map((other) => headed({ at: 1, tokens: [other] })),
  ])('ignores header %#, which has a different format', (jwe) => {
    expect(readEntry(jwe)).toBeUndefined()
  })

  test('does not read an endless header', () => {
    const fill = 'x'.repeat(10_000)
    expect(readEntry(headed({ at: 5, tokens: [token], fill }))).toBeUndefined()
    expect(readEntry(headed('['.repeat(5000)))).toBeUndefined()
    expect(readEntry('x'.repeat(50_000_000))).toBeUndefined()
  })
})
