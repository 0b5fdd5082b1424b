import { CompactEncrypt, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { issuer, setUpIssuer, stranger, verdict, verifierFor } from './testing/logout-tokens.ts'

setUpIssuer()

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

  test('reads a key whose members an object inherits, or have no value', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    const jwk = await exportJWK(privateKey)
    const header = { alg: 'RSA-OAEP-256', enc: 'A128GCM', kid: 'enc' }
    for (const key of [Object.create(jwk), { ...jwk, kid: null, alg: null, use: null }]) {
      const secret = verifierFor({ decryptionKeys: [key] })
      expect(await verdict(encrypt(await issuer.token(), publicKey, header), secret)).toBe('accepted')
    }
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
