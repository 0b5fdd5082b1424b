import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOGOUT_EVENT } from './claims.ts'
import { isLogoutTokenError } from './errors.ts'
import type { IssuerOptions } from './options.ts'
import { createKey, type IssuerKey, TestIssuer } from './testing/issuer.ts'
import { createLogoutTokenVerifier, type LogoutTokenVerifier } from './verifier.ts'

let issuer: TestIssuer
let stranger: IssuerKey
let verifier: LogoutTokenVerifier
beforeAll(async () => {
  issuer = await TestIssuer.start()
  stranger = await createKey('RS256')
  verifier = verifierFor()
})
afterAll(() => issuer[Symbol.asyncDispose]())

const verifierFor = (options: Partial<IssuerOptions> = {}): LogoutTokenVerifier =>
  createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app', ...options })

/** Why a token is refused, or `accepted`. */
async function verdict(token: string | Promise<string>, by: LogoutTokenVerifier = verifier): Promise<string> {
  try {
    await by.verify(await token)
    return 'accepted'
  } catch (error) {
    if (!isLogoutTokenError(error)) throw error
    return error.code
  }
}

const now = (): number => Math.floor(Date.now() / 1000)
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (claims: string): string =>
  `${base64url({ alg: 'RS256' })}.${Buffer.from(claims).toString('base64url')}.e30`
const reencode = async (token: Promise<string>, change: (parts: string[]) => string[]): Promise<string> =>
  change((await token).split('.')).join('.')

describe('a good token', () => {
  test('becomes a notice', async () => {
    const at = now()
    const notice = await verifier.verify(await issuer.token({ iat: at, exp: at + 120, jti: 'one' }))
    expect(notice).toEqual({
      iss: issuer.url,
      sub: 'alice',
      sid: 'session-1',
      at: at + 1,
      jti: 'one',
      expiresAt: at + 120,
    })
  })

  test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['with sub alone', { sid: undefined }],
    ['with sid alone', { sub: undefined }],
    ['with its audience in a list', { aud: ['app'] }],
    ['without typ, as some providers send it', {}, { typ: undefined }],
    ['with typ JWT, as some providers send it', {}, { typ: 'JWT' }],
    ['with typ as a whole media type', {}, { typ: 'application/logout+jwt' }],
    ['with typ in capital letters', {}, { typ: 'LOGOUT+JWT' }],
    ['with an event that is not empty', { events: { [LOGOUT_EVENT]: { more: 1 } } }],
    ['with one more event, as Keycloak sends it', { events: { [LOGOUT_EVENT]: {}, revoke_offline_access: true } }],
    ['with claims that nobody knows', { trace_id: 'x', typ: 'Logout' }],
    ['with a fraction of a second', { iat: Date.now() / 1000, exp: Date.now() / 1000 + 60 }],
    ['without kid, where the issuer has one key', {}, { kid: undefined }],
    ['from a clock that is a little ahead', { iat: Math.floor(Date.now() / 1000) + 30 }],
  ])('is accepted %s', async (_name, changes, header) => {
    expect(await verdict(issuer.token(changes, header))).toBe('accepted')
  })

  test.each(['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])('is accepted with %s', async (alg) => {
    await using other = await TestIssuer.start(alg)
    expect(await verdict(other.token(), createLogoutTokenVerifier({ issuer: other.url, clientId: 'app' }))).toBe(
      'accepted',
    )
  })
})

describe("the OpenID Foundation's cases for relying parties", () => {
  test('oidcc-client-test-rp-backchannel-rpinitlogout', async () => {
    expect(await verdict(issuer.token())).toBe('accepted')
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-alg-none', async () => {
    const token = `${base64url({ alg: 'none', typ: 'logout+jwt' })}.${base64url(issuer.claims())}.`
    expect(await verdict(token)).toBe('algorithm_not_allowed')
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-no-event', async () => {
    expect(await verdict(issuer.token({ events: undefined }))).toBe('not_a_logout')
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce', async () => {
    expect(await verdict(issuer.token({ nonce: 'n' }))).toBe('nonce_present')
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg', async () => {
    const strict = verifierFor({ algorithms: ['RS256'] })
    expect(await verdict(issuer.sign(issuer.claims(), {}, await createKey('PS256', issuer.key.kid)), strict)).toBe(
      'algorithm_not_allowed',
    )
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud', async () => {
    expect(await verdict(issuer.token({ aud: 'another' }))).toBe('wrong_audience')
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event', async () => {
    expect(await verdict(issuer.token({ events: { 'http://schemas.openid.net/event/other': {} } }))).toBe(
      'not_a_logout',
    )
  })
  test('oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss', async () => {
    expect(await verdict(issuer.token({ iss: 'https://other.example.com' }))).toBe('unknown_issuer')
  })
})

describe('a token is refused', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['wrong_audience', 'for one more application', { aud: ['app', 'another'] }],
    ['wrong_audience', 'for nobody', { aud: undefined }],
    ['wrong_audience', 'for an empty list', { aud: [] }],
    ['wrong_audience', 'for a list in a list', { aud: [['app']] }],
    ['unknown_issuer', 'from the issuer with a slash behind it', { iss: 'SLASH' }],
    ['unknown_issuer', 'from nobody', { iss: undefined }],
    ['unknown_issuer', 'from a list of issuers', { iss: ['x'] }],
    ['subject_missing', 'without sub and sid', { sub: undefined, sid: undefined }],
    ['malformed_claim', 'with an empty sub', { sub: '' }],
    ['malformed_claim', 'with a sub that is a number', { sub: 7 }],
    ['malformed_claim', 'with a sid that is an object', { sid: {} }],
    ['malformed_claim', 'with a sid that Postgres cannot hold', { sid: 'a\0b' }],
    ['malformed_claim', 'with half a character', { sub: '\ud800' }],
    ['malformed_claim', 'with a sub without end', { sub: 'x'.repeat(1025) }],
    ['jti_missing', 'without jti', { jti: undefined }],
    ['malformed_claim', 'with a jti that is a number', { jti: 1 }],
    ['iat_missing', 'without iat', { iat: undefined }],
    ['malformed_claim', 'with iat as text', { iat: '1795679550' }],
    ['malformed_claim', 'with iat in milliseconds', { iat: Date.now() * 1000 }],
    ['issued_in_future', 'from the future', { iat: Math.floor(Date.now() / 1000) + 3600 }],
    ['exp_missing', 'without exp', { exp: undefined }],
    ['malformed_claim', 'with exp null', { exp: null }],
    [
      'expired',
      'that has expired',
      { iat: Math.floor(Date.now() / 1000) - 600, exp: Math.floor(Date.now() / 1000) - 300 },
    ],
    ['lives_too_long', 'that lives for a week', { exp: Math.floor(Date.now() / 1000) + 604_800 }],
    ['nonce_present', 'with a nonce that is null', { nonce: null }],
    ['not_a_logout', 'with an event that is true', { events: { [LOGOUT_EVENT]: true } }],
    ['not_a_logout', 'with an event that is a list', { events: { [LOGOUT_EVENT]: [] } }],
    ['not_a_logout', 'with an event that is null', { events: { [LOGOUT_EVENT]: null } }],
    ['not_a_logout', 'with events that are a list', { events: [LOGOUT_EVENT] }],
    ['not_a_logout', 'with an event that it only inherits', { events: { toString: {} } }],
  ])('%s: %s', async (code, _name, changes) => {
    const given = changes.iss === 'SLASH' ? { iss: `${issuer.url}/` } : changes
    expect(await verdict(issuer.token(given))).toBe(code)
  })

  test.each<[string, string, Record<string, unknown>]>([
    ['wrong_type', 'an access token', { typ: 'at+jwt' }],
    ['wrong_type', 'a security event token', { typ: 'secevent+jwt' }],
    ['wrong_type', 'a command token', { typ: 'command+jwt' }],
    ['wrong_type', 'a client assertion', { typ: 'client-authentication+jwt' }],
    ['wrong_type', 'with a type that is no text', { typ: 7 }],
    ['unsupported_header', 'with a critical extension', { crit: ['test'], test: 1 }],
    ['unknown_key', 'with a kid that nobody has', { kid: 'another' }],
    ['malformed', 'with a kid that is no text', { kid: 7 }],
  ])('%s: %s', async (code, _name, header) => {
    expect(await verdict(issuer.token({}, header))).toBe(code)
  })

  test('wrong_type: with typ JWT, if strictType is set', async () => {
    const strict = verifierFor({ strictType: true })
    expect(await verdict(issuer.token({}, { typ: 'JWT' }), strict)).toBe('wrong_type')
    expect(await verdict(issuer.token({}, { typ: undefined }), strict)).toBe('wrong_type')
    expect(await verdict(issuer.token(), strict)).toBe('accepted')
  })

  test('an ID token, whatever its type', async () => {
    const idToken = { events: undefined, nonce: undefined, auth_time: now(), exp: now() + 3600 }
    expect(await verdict(issuer.token(idToken, { typ: 'JWT' }))).toBe('not_a_logout')
  })

  test('wrong_signature: by a foreign key that uses the kid of a known one', async () => {
    const forged = { ...stranger, kid: issuer.key.kid }
    expect(await verdict(issuer.sign(issuer.claims(), {}, forged))).toBe('wrong_signature')
  })

  test('wrong_signature: changed after it was signed', async () => {
    const changed = reencode(issuer.token(), ([header = '', , signature = '']) => [
      header,
      base64url(issuer.claims({ sub: 'bob' })),
      signature,
    ])
    expect(await verdict(changed)).toBe('wrong_signature')
  })

  test('keys in the token itself are not read', async () => {
    await using thief = await TestIssuer.start()
    const own = await exportJWK(stranger.publicKey)
    for (const header of [
      { jwk: own, kid: undefined },
      { jwk: own },
      { jku: `${thief.url}/jwks`, kid: thief.key.kid },
      { x5u: `${thief.url}/x5u`, kid: thief.key.kid },
      { x5c: ['MIIB'], kid: issuer.key.kid },
    ]) {
      const token = issuer.sign(issuer.claims(), header, stranger)
      expect(await verdict(token)).toMatch(/^(?:wrong_signature|unknown_key)$/)
    }
    expect(thief.requests).toEqual([])
  })

  test('algorithm_not_allowed: signed with a public key as if it were a secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(issuer.key.jwk))
    const token = new SignJWT(issuer.claims() as never)
      .setProtectedHeader({ alg: 'HS256', typ: 'logout+jwt', kid: issuer.key.kid })
      .sign(secret)
    expect(await verdict(token)).toBe('algorithm_not_allowed')
  })

  test("algorithm_not_allowed: an algorithm that the issuer's metadata does not list", async () => {
    await using other = await TestIssuer.start('PS256')
    other.metadata = { id_token_signing_alg_values_supported: ['RS256'] }
    expect(await verdict(other.token(), createLogoutTokenVerifier({ issuer: other.url, clientId: 'app' }))).toBe(
      'algorithm_not_allowed',
    )
  })

  test.each<[string, string, () => unknown]>([
    ['malformed', 'nothing', () => ''],
    ['malformed', 'no text', () => undefined],
    ['malformed', 'two parts', () => 'e30.e30'],
    ['malformed', 'seven parts', () => 'e30.e30.e30.e30.e30.e30.e30'],
    ['malformed', 'other characters', () => 'e30.e3%.e30'],
    ['malformed', 'white space', () => ' e30.e30.e30'],
    ['malformed', 'a header that is a list', () => `${base64url([])}.e30.e30`],
    ['malformed', 'a header that is not JSON', () => 'e3t7.e30.e30'],
    ['malformed', 'a payload that is text', () => `${base64url({ alg: 'RS256' })}.${base64url('x')}.e30`],
    ['malformed', 'a payload that is not UTF-8', () => `${base64url({ alg: 'RS256' })}.gICA.e30`],
    ['unknown_issuer', 'an empty payload', () => `${base64url({ alg: 'RS256' })}.e30.e30`],
    [
      'unknown_issuer',
      'the names of prototypes',
      () => `${base64url({ alg: 'RS256' })}.${Buffer.from('{"__proto__":{"iss":"x"}}').toString('base64url')}.e30`,
    ],
    ['malformed', 'lists in lists', () => unsigned(`{"a":${'['.repeat(50)}${']'.repeat(50)}}`)],
    ['malformed', 'more members than can be needed', () => unsigned(`{${'"a":1,'.repeat(50)}"b":1}`)],
    ['unknown_issuer', 'many members', () => unsigned(`{${'"a":1,'.repeat(49)}"b":1}`)],
    ['too_large', 'a token without end', () => `e30.${'a'.repeat(20_000)}.e30`],
    [
      'undecryptable',
      'an encrypted token, though there is no key for it',
      () => `${base64url({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.YQ.YQ.YQ.YQ`,
    ],
  ])('%s: %s', async (code, _name, token) => {
    expect(await verdict(token() as string)).toBe(code)
  })
})

describe('tolerances', () => {
  test('allowMissingExp accepts a token without exp for two minutes', async () => {
    const tolerant = verifierFor({ allowMissingExp: true, clockToleranceSeconds: 0 })
    expect(await verdict(issuer.token({ exp: undefined }), tolerant)).toBe('accepted')
    expect(await verdict(issuer.token({ exp: undefined, iat: now() - 115 }), tolerant)).toBe('accepted')
    expect(await verdict(issuer.token({ exp: undefined, iat: now() - 125 }), tolerant)).toBe('expired')
  })

  test('apply to one issuer', async () => {
    await using other = await TestIssuer.start()
    const both = createLogoutTokenVerifier({
      issuers: [
        { issuer: issuer.url, clientId: 'app' },
        { issuer: other.url, clientId: ['app', 'second'], allowMissingExp: true },
      ],
    })
    expect(await verdict(other.token({ exp: undefined, aud: 'second' }), both)).toBe('accepted')
    expect(await verdict(issuer.token({ exp: undefined }), both)).toBe('exp_missing')
    expect(await verdict(issuer.token({ aud: 'second' }), both)).toBe('wrong_audience')
    // The other one's key does not count here.
    expect(await verdict(issuer.sign(issuer.claims(), { kid: issuer.key.kid }, other.key), both)).toBe(
      'wrong_signature',
    )
  })
})

describe('replay', () => {
  test('a token is refused once it has been processed, and not before', async () => {
    const token = await issuer.token()
    const notice = await verifier.verify(token)
    expect(await verdict(token)).toBe('accepted')
    await verifier.handled(notice)
    expect(await verdict(token)).toBe('replayed')
  })

  test('the same jti from another issuer is another token', async () => {
    await using other = await TestIssuer.start()
    const both = createLogoutTokenVerifier({
      issuers: [
        { issuer: issuer.url, clientId: 'app' },
        { issuer: other.url, clientId: 'app' },
      ],
    })
    await both.handled(await both.verify(await issuer.token({ jti: 'same' })))
    expect(await verdict(other.token({ jti: 'same' }), both)).toBe('accepted')
    expect(await verdict(issuer.token({ jti: 'same' }), both)).toBe('replayed')
  })

  test('a forged token with a known jti does not reveal that it is known', async () => {
    const token = await issuer.token({ jti: 'known' })
    await verifier.handled(await verifier.verify(token))
    const forged = issuer.sign(issuer.claims({ jti: 'known' }), {}, { ...stranger, kid: issuer.key.kid })
    expect(await verdict(forged)).toBe('wrong_signature')
  })
})

describe('encryption', () => {
  const encrypt = async (
    text: string,
    key: Parameters<CompactEncrypt['encrypt']>[0],
    header: object,
  ): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header as never).encrypt(key)

  test.each([
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', 'A128CBC-HS256'],
    ['ECDH-ES', 'A128GCM'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ])('reads a token encrypted with %s and %s', async (alg, enc) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const secret = verifierFor({ decryptionKeys: [{ ...(await exportJWK(privateKey)), kid: 'enc', use: 'enc' }] })
    expect(await verdict(encrypt(await issuer.token(), publicKey, { alg, enc, kid: 'enc', cty: 'JWT' }), secret)).toBe(
      'accepted',
    )
    expect(await verdict(encrypt(await issuer.token({ aud: 'x' }), publicKey, { alg, enc }), secret)).toBe(
      'wrong_audience',
    )
    expect(await verdict(encrypt(JSON.stringify(issuer.claims()), publicKey, { alg, enc }), secret)).toBe('malformed')
    // Encryption proves nothing: anyone has the public key.
    const forged = await issuer.sign(issuer.claims(), {}, { ...stranger, kid: issuer.key.kid })
    expect(await verdict(encrypt(forged, publicKey, { alg, enc }), secret)).toBe('wrong_signature')
    expect(await verdict(issuer.token(), secret)).toBe('not_encrypted')
  })

  test('refuses a token that no key decrypts, two layers, and passwords', async () => {
    const { privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    const other = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    const jwk = await exportJWK(privateKey)
    const secret = verifierFor({ decryptionKeys: [jwk] })
    const header = { alg: 'RSA-OAEP-256', enc: 'A128GCM' }
    const own = await import('jose').then(({ importJWK }) =>
      importJWK({ kty: 'RSA', n: jwk.n, e: jwk.e } as never, 'RSA-OAEP-256'),
    )
    expect(await verdict(encrypt(await issuer.token(), other.publicKey, header), secret)).toBe('undecryptable')
    expect(await verdict(encrypt(await encrypt('x', own, header), own, header), secret)).toBe('malformed')
    const password = new TextEncoder().encode('password')
    const withPassword = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM' }
    expect(await verdict(encrypt('x', password, withPassword), secret)).toBe('undecryptable')
  })
})

test('errors contain no part of the token', async () => {
  const canary = 'c4n4ry'
  const tokens = [
    issuer.token({ sub: canary, aud: canary }),
    issuer.token({ sub: canary, sid: 7, jti: canary }),
    issuer.sign(issuer.claims({ sub: canary }), { kid: canary }),
    new CompactSign(new TextEncoder().encode(canary)).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey),
  ]
  for (const token of tokens) {
    const error = await verifier.verify(await token).catch((thrown: unknown) => thrown)
    expect(isLogoutTokenError(error)).toBe(true)
    expect(`${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain(canary)
  }
})

test.each<[string, Record<string, unknown>]>([
  ['issuer', { issuer: 'http://id.example.com' }],
  ['issuer', { issuer: 'no address' }],
  ['clientId', { clientId: '' }],
  ['clientId', { clientId: [] }],
  ['algorithms', { algorithms: ['HS256'] }],
  ['algorithms', { algorithms: ['none'] }],
  ['algorithms', { algorithms: [] }],
  ['clockToleranceSeconds', { clockToleranceSeconds: 3600 }],
  ['decryptionKeys', { decryptionKeys: [{ kty: 'oct', k: 'x' }] }],
  ['metadataUrl', { metadataUrl: 'http://id.example.com' }],
  ['strictType', { strictType: 'yes' }],
  ['replays', { replays: {} }],
  ['issuers', { issuers: [] }],
  ['timeoutMs', { timeoutMs: 0 }],
])('checks the option %s: %j', (option, wrong) => {
  const create = (): unknown =>
    createLogoutTokenVerifier({ issuer: 'https://id.example.com', clientId: 'app', ...wrong } as never)
  expect(create).toThrow(expect.objectContaining({ code: 'invalid_options', option }))
})
