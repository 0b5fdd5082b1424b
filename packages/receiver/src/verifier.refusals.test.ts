import { exportJWK, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { LOGOUT_EVENT } from './claims.ts'
import { TestIssuer } from './testing/issuer.ts'
import {
  base64url,
  issuer,
  now,
  reencode,
  setUpIssuer,
  stranger,
  unsigned,
  verdict,
  verifierFor,
} from './testing/logout-tokens.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

setUpIssuer()

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
    ['malformed_claim', 'with an endless sub', { sub: 'x'.repeat(1025) }],
    ['jti_missing', 'without jti', { jti: undefined }],
    ['malformed_claim', 'with a jti that is a number', { jti: 1 }],
    ['iat_missing', 'without iat', { iat: undefined }],
    ['malformed_claim', 'with iat as text', { iat: '1795679550' }],
    ['malformed_claim', 'with iat in milliseconds', { iat: Date.now() * 1000 }],
    ['issued_in_future', 'from the future', { iat: Math.floor(Date.now() / 1000) + 3600 }],
    ['issued_in_future', 'that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 90 }],
    ['malformed_claim', 'with nbf as text', { nbf: '1795679550' }],
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
    ['wrong_type', 'with a type that is not a string', { typ: 7 }],
    ['unsupported_header', 'with a critical extension', { crit: ['test'], test: 1 }],
    ['unknown_key', 'with an unknown kid', { kid: 'another' }],
    ['malformed', 'with a kid that is not a string', { kid: 7 }],
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
    ['too_large', 'an endless token', () => `e30.e30.${'a'.repeat(20_000)}`],
    ['too_large', 'claims of 6 kB', () => unsigned(`{"a":"${'x'.repeat(6_144)}"}`)],
    ['too_large', 'a header of 6 kB', () => `${base64url({ alg: 'none', a: 'x'.repeat(6_144) })}.e30.e30`],
    ['unknown_issuer', 'long claims', () => unsigned(`{"a":"${'x'.repeat(6_000)}"}`)],
    [
      'undecryptable',
      'an encrypted token, though there is no key for it',
      () => `${base64url({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.YQ.YQ.YQ.YQ`,
    ],
  ])('%s: %s', async (code, _name, token) => {
    expect(await verdict(token() as string)).toBe(code)
  })
})
