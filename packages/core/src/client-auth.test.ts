import { unescape as decodePercent } from 'node:querystring'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClientAuthContext, type ClientAuthMethod, checkCredential, createClientAuth } from './client-auth.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

const context: ClientAuthContext = {
  appId: 'app',
  endpoint: 'revocation',
  url: 'https://id.example.com/revoke',
  issuer: undefined,
  attempt: 1,
}

/** Reads a Basic credential as a provider does (RFC 6749 §2.3.1), without `URLSearchParams`. */
function readBasic(authorization: string | undefined): [id: string, secret: string] {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization ?? '') ?? []
  const [id = '', secret = '', ...more] = Buffer.from(encoded, 'base64').toString('latin1').split(':')
  expect(more).toEqual([])
  const formDecode = (text: string) => decodePercent(text.replaceAll('+', ' '))
  return [formDecode(id), formDecode(secret)]
}

describe('createClientAuth()', () => {
  test.each([
    ['client_secret_post', { body: { client_id: 'app', client_secret: 'secret' } }],
    ['client_secret_basic', { authorization: `Basic ${btoa('app:secret')}` }],
    ['none', { body: { client_id: 'app' } }],
    ['tls_client_auth', { body: { client_id: 'app' } }],
    ['self_signed_tls_client_auth', { body: { client_id: 'app' } }],
  ] as const)('creates %s', async (method, credential) => {
    const authenticate = createClientAuth(method, 'app', 'secret')
    expect(authenticate.method).toBe(method)
    expect(await authenticate(context)).toEqual(credential)
  })

  test('puts the secret only into the credential', async () => {
    for (const method of ['none', 'tls_client_auth', 'self_signed_tls_client_auth'] as const) {
      expect(JSON.stringify(await createClientAuth(method, 'app', 'secret')(context))).not.toContain('secret"')
    }
  })

  test('form-encodes id and secret before Basic', async () => {
    const { authorization } = await createClientAuth('client_secret_basic', 'a:b c', 'p+q%r/s=é')(context)
    expect(atob(String(authorization).slice(6))).toBe('a%3Ab+c:p%2Bq%25r%2Fs%3D%C3%A9')
  })

  test('creates a Basic credential that a provider decodes to any original id and secret', async () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, text, async (id, secret) => {
        const { authorization, body } = await createClientAuth('client_secret_basic', id, secret)(context)
        expect(readBasic(authorization)).toEqual([id, secret])
        expect(body).toBeUndefined()
      }),
    )
  })

  test.each(['client_secret_post', 'client_secret_basic'] as const)('refuses %s without a secret', async (method) => {
    for (const secret of [undefined, '']) {
      const error = await logoutErrorOf(() => createClientAuth(method, 'app', secret))
      expect(error.code).toBe('invalid_options')
      expect(error.message).toMatch(/appSecret/)
    }
  })

  test.each(['private_key_jwt', '', 'NONE', 'none\n', '__proto__', 'x'.repeat(1000)])('refuses %j', async (method) => {
    const error = await logoutErrorOf(() => createClientAuth(method as ClientAuthMethod, 'app', 'secret'))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/clientAuth/)
    expect(error.message.length).toBeLessThan(300)
  })
})

describe('checkCredential()', () => {
  test.each([
    [{}],
    [{ authorization: 'Bearer x' }],
    [{ authorization: 'Bearer x\ty z é' }],
    [{ authorization: 'Basic x', body: { client_id: 'app' } }],
    [{ body: { client_id: 'app', client_secret: 'x' } }],
    [{ body: { client_assertion: 'x', client_assertion_type: 'y' } }],
  ])('accepts %o', (credential) => {
    expect(() => checkCredential(credential)).not.toThrow()
  })

  test.each([
    ['two credentials', { authorization: 'Basic x', body: { client_secret: 'x' } }],
    ['two others', { authorization: 'Basic x', body: { client_assertion: 'x' } }],
    ['two in the body', { body: { client_secret: 'x', client_assertion: 'x' } }],
    ['the token', { body: { token: 'x' } }],
    ['a field that is not a string', { body: { client_secret: 7 } } as never],
    ['a header with a line break', { authorization: 'Basic x\r\nx-a: b' }],
    ['a header with a control character', { authorization: 'Basic x\x07' }],
    ['a header with DEL', { authorization: 'Basic x\x7f' }],
    ['a header with characters of more than one byte', { authorization: 'Bearer ab😀c' }],
    ['the hint', { body: { token_type_hint: 'x' } }],
  ])('refuses %s', async (_what, credential) => {
    const error = await logoutErrorOf(() => checkCredential(credential))
    expect(error.code).toBe('invalid_options')
    expect(error.message).toMatch(/clientAuth/)
  })
})
