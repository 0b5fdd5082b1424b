import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { negotiate } from './choose-client-auth.ts'
import { LogoutError } from './errors.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

describe('negotiate()', () => {
  const both = ['client_secret_basic', 'client_secret_post']
  test.each([
    [
      'the first supported method',
      ['private_key_jwt', 'client_secret_post', 'client_secret_basic'],
      'client_secret_post',
    ],
    ["in the provider's order", both, 'client_secret_basic'],
    ['not none with a secret', ['none', 'client_secret_post'], 'client_secret_post'],
    ['Basic if nothing is listed', undefined, 'client_secret_basic'],
    ['Basic if the list is empty', [], 'client_secret_basic'],
  ])('chooses %s', (_what, listed, method) => {
    expect(negotiate(listed, 'secret', false)).toBe(method)
  })

  test('chooses none for a public client, even though few providers list it', () => {
    for (const listed of [undefined, [], both, [...both, 'none'], ['private_key_jwt']]) {
      expect(negotiate(listed, undefined, false)).toBe('none')
    }
  })

  test('chooses the certificate if there is one', () => {
    expect(negotiate(undefined, undefined, true)).toBe('tls_client_auth')
    expect(negotiate([...both, 'self_signed_tls_client_auth'], undefined, true)).toBe('self_signed_tls_client_auth')
    expect(negotiate(['tls_client_auth', 'client_secret_basic'], 'secret', true)).toBe('tls_client_auth')
    expect(negotiate(['tls_client_auth', 'client_secret_basic'], 'secret', false)).toBe('client_secret_basic')
  })

  test.each([
    [
      'a secret, at a provider that wants keys',
      ['private_key_jwt'],
      'secret',
      false,
      /private_key_jwt.*client_secret_post/,
    ],
    ['a secret, at a provider for public clients', ['none'], 'secret', false, /none.*client_secret_post/],
    ['a certificate only', both, undefined, true, /client_secret_basic.*tls_client_auth/],
  ])('names both sides if they have no method in common: %s', async (_what, listed, secret, mutualTls, message) => {
    const error = await logoutErrorOf(() => negotiate(listed, secret, mutualTls))
    expect(error).toMatchObject({ code: 'client_auth_failed', retryable: false })
    expect(error.message).toMatch(message)
  })

  test('chooses a listed method that it supports, or reports that there is none', () => {
    const known = fc.constantFrom(
      'client_secret_basic',
      'client_secret_post',
      'none',
      'tls_client_auth',
      'private_key_jwt',
    )
    const lists = fc.array(fc.oneof(known, fc.string()), { maxLength: 6 })
    fc.assert(
      fc.property(lists, fc.option(fc.constant('s'), { nil: undefined }), fc.boolean(), (listed, secret, mutualTls) => {
        try {
          const method = negotiate(listed, secret, mutualTls)
          // An empty list counts as no list, and a public client is seldom listed.
          if (listed.length && method !== 'none') expect(listed).toContain(method)
          if (method.startsWith('client_secret')) expect(secret).toBeDefined()
          if (method.includes('tls')) expect(mutualTls).toBe(true)
          if (method === 'none') expect(secret).toBeUndefined()
        } catch (error) {
          expect(error).toBeInstanceOf(LogoutError)
        }
      }),
    )
  })
})
