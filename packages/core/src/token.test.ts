import { startEmulator } from '@backend-logout/emulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LogoutError } from './errors.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { checkHint, usableToken } from './token.ts'

/** The parts of a JWT that are read here. */
function jwtOf(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`
}

describe('usableToken()', () => {
  test.each([
    ['an opaque token', 'SlAV32hkKG'],
    ['one character', 'x'],
    [
      'all characters that RFC 6749 allows, with white space inside',
      `x${Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')}`,
    ],
    ['a token that only begins like a word', 'nullable'],
    ['a token that only ends like a word', 'a-null'],
    ['a short text that begins like a scheme', 'token 1'],
    ['a quote inside', `it's "one"`],
    ['a quote at one end', '"x'],
    ['two different quotes', `"x'`],
    ['brackets inside', 'a{"b"}[c]d'],
    ['a bracket at one end', '{x'],
    ['characters beyond ASCII', 'tökén-🔑'],
    ['a very long token', 'x'.repeat(65_536)],
    ['a token that only begins like a scheme', 'bearer-token'],
    ['text with dots', '..'],
    ['a JWT that is not JSON', 'a.b.c'],
    ['a JWT that is null', jwtOf(null)],
    ['a JWT that is a list', jwtOf([])],
    ['a JWT that is a number', jwtOf(7)],
    ['a JWT without claims', jwtOf({})],
    ['an access token with a scope', jwtOf({ aud: 'app', scope: 'openid', auth_time: 1 })],
    ["an access token in Azure's form", jwtOf({ aud: 'app', scp: ['a'], nonce: 'x' })],
    ['an access token for this application', jwtOf({ aud: 'app', sub: 'alice' })],
    ['an ID token of another application', jwtOf({ aud: 'other', nonce: 'x' })],
    [
      'an access token without a scope',
      jwtOf({ iss: 'i', aud: 'app', sub: 's', exp: 1, iat: 1, jti: 'x', client_id: 'app' }),
    ],
  ])('accepts %s', (_what, token) => {
    expect(usableToken(token, 'app')).toBe(token)
  })

  test.each([
    ['nothing', undefined, /undefined/],
    ['null', null, /null/],
    ['an empty text', '', /empty/],
    ['a space', ' ', /white space/],
    ['only line breaks', '\r\n', /white space/],
    ['spaces that are not ASCII', '\u00a0\u3000\ufeff', /white space/],
    ['invisible characters', '\u200b\u2060 \u00ad', /white space/],
    ['a number', 7, /number/],
    ['an object', { accessToken: 'canary' }, /object/],
    ['too long a token', 'canary'.repeat(20_000), /120000.*65536/],
    ['a line break at the end', 'canary\n', /end with '\\n'/],
    ['a tab', 'can\tary', /control/],
    ['a NUL', 'canary\0', /control/],
    ['DEL', 'canary\x7f', /control/],
    ['broken text', 'canary\ud800', /broken/],
    ['a header', 'Bearer canary', /Bearer/],
    ['a header in capitals', 'BEARER canary', /'BEARER '/],
    ['a header with another space', 'Bearer\u00a0canary', /Bearer/],
    ['a header with a tab', 'Bearer\tcanary', /Bearer/],
    ['a header without a value', 'Bearer null', /Bearer/],
    ['a header with DPoP', 'DPoP canary', /'DPoP '/],
    ["a header in GitHub's form", 'token  canary-canary-canary', /'token '/],
    ['undefined in a template', `${undefined}`, /be.* 'undefined'/],
    ['null as text', String(null), /be.* 'null'/],
    ['NaN as text', String(Number.NaN), /be.* 'NaN'/],
    ['an object as text', String({}), /start.* '\['/],
    ['a promise as text', String(Promise.resolve('canary')), /start.* '\['/],
    ['a token as JSON', JSON.stringify('canary'), /start.* '"'/],
    ['a token in single quotes', "'canary'", /start.* '''/],
    ['a token response', JSON.stringify({ access_token: 'canary', expires_in: 60 }), /start.* '\{'/],
    ['a token response on several lines', JSON.stringify({ access_token: 'canary' }, undefined, 2), /start.* '\{'/],
    ['an empty object', '{}', /start.* '\{'/],
    ['a list of tokens', JSON.stringify(['canary', 'canary']), /start.* '\['/],
    ['white space at the end', 'canary ', /end with ' '/],
    ['white space at the beginning', '\u00a0canary', /start.* '\u00a0'/],
    ['an invisible character at the beginning', '\u200bcanary', /start.* '\\u\{200b\}'/],
    ['a byte order mark', '\ufeffcanary', /start.* '\\u\{feff\}'/],
    ['an ID token with a nonce', jwtOf({ aud: 'app', nonce: 'canary' }), /ID token/],
    ['an ID token with several audiences', jwtOf({ aud: ['other', 'app'], at_hash: 'canary' }), /ID token/],
    [
      'an ID token with only the required claims',
      jwtOf({ iss: 'i', aud: 'app', sub: 's', exp: 1, iat: 1 }),
      /ID token/,
    ],
    ['an ID token with auth_time', jwtOf({ aud: 'app', auth_time: 1 }), /ID token/],
    ['an ID token with c_hash, in Chinese', jwtOf({ aud: 'app', c_hash: 'x', name: '金丝雀' }), /ID token/],
  ])('refuses %s, states why, and does not show it', (_what, token, message) => {
    const error = usableToken(token, 'app')
    expect(error).toMatchObject({ code: 'invalid_argument', option: 'token', tokenMayBeLive: true })
    expect(error).toHaveProperty('message', expect.stringMatching(message))
    expect(error).toHaveProperty('message', expect.stringMatching(/Nothing was sent\.$/))
    expect(error).not.toHaveProperty('message', expect.stringContaining('canary'))
  })

  test.each(['应用', 'Zürich', '\u{1F600}'])('recognizes an ID token of an application with any id: %s', (appId) => {
    const token = jwtOf({ aud: appId, nonce: 'x' })
    expect(usableToken(token, appId)).toHaveProperty('message', expect.stringContaining('ID token'))
    expect(usableToken(token, `${appId} 2`)).toBe(token)
  })

  test.each([
    ['a nonce', { aud: 'app', nonce: 'canary' }],
    ['auth_time', { aud: 'app', auth_time: 1 }],
    ['only the required claims of an ID token', { iss: 'i', aud: 'app', sub: 's', exp: 1, iat: 1 }],
  ])('accepts the statement of the application that a token with %s is not an ID token', (_what, claims) => {
    const token = jwtOf(claims)
    expect(usableToken(token, 'app', 'access_token')).toBe(token)
    expect(usableToken(token, 'app', 'urn:example:other')).toBe(token)
    expect(usableToken(token, 'app')).toHaveProperty('message', expect.stringMatching(/set tokenTypeHint/))
  })

  test.each(['at_hash', 'c_hash'])('rejects that statement if the token has a hash of another: %s', (name) => {
    const error = usableToken(jwtOf({ aud: 'app', [name]: 'x' }), 'app', 'access_token')
    expect(error).toHaveProperty('code', 'invalid_argument')
  })

  test('distinguishes the tokens of a real provider', async () => {
    await using emulator = await startEmulator()
    const { accessToken, refreshToken, idToken } = await emulator.signIn('alice')
    const { appId } = emulator.app
    expect(usableToken(accessToken, appId)).toBe(accessToken)
    expect(usableToken(refreshToken, appId)).toBe(refreshToken)
    expect(usableToken(idToken, appId)).toHaveProperty('message', expect.stringMatching(/ID token/))
  })

  test('returns the token or a reason for any input', () => {
    const claims = fc.anything().map((value) => {
      try {
        return jwtOf(value)
      } catch {
        return 'a.b.c'
      }
    })
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), claims), (token) => {
        const usable = usableToken(token, 'app')
        if (usable instanceof LogoutError) expect(usable.code).toBe('invalid_argument')
        else expect(usable).toBe(token)
      }),
    )
  })
})

describe('checkHint()', () => {
  test.each([undefined, 'access_token', 'refresh_token', 'urn:example:device', 'x'.repeat(200)])(
    'accepts %s',
    (hint) => {
      expect(() => checkHint(hint)).not.toThrow()
    },
  )

  test.each(['', 'two words', 'line\n', 'é', 'x'.repeat(201), 7, null, {}, ['access_token']])(
    'refuses %j',
    async (hint) => {
      const error = await logoutErrorOf(() => checkHint(hint))
      expect(error.code).toBe('invalid_argument')
      expect(error.message).toMatch(/tokenTypeHint/)
    },
  )
})
