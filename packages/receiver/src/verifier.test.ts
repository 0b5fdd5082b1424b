import { CompactSign } from 'jose'
import { describe, expect, test } from 'vitest'
import { LOGOUT_EVENT } from './claims.ts'
import { isLogoutTokenError } from './errors.ts'
import { createKey, TestIssuer } from './testing/issuer.ts'
import {
  base64url,
  issuer,
  now,
  setUpIssuer,
  stranger,
  verdict,
  verifier,
  verifierFor,
} from './testing/logout-tokens.ts'
import { createLogoutTokenVerifier } from './verifier.ts'

setUpIssuer()

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
    ['with unknown claims', { trace_id: 'x', typ: 'Logout' }],
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
    // The other issuer's key does not count here.
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
  ['issuer', { issuer: 'https://id.example.com/?' }],
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
