import { describe, expect, test } from 'vitest'
import { readSessionTokens } from './session-tokens.ts'

describe('readSessionTokens()', () => {
  test.each<[string, unknown, object]>([
    [
      'all tokens',
      { accessToken: 'a', refreshToken: 'r', idToken: 'i' },
      { accessToken: 'a', refreshToken: 'r', idToken: 'i' },
    ],
    ['other members of the session', { accessToken: 'a', user: 7, token: 'of a form' }, { accessToken: 'a' }],
    ['both names', { accessToken: 'a', access_token: 'b' }, { accessToken: 'a' }],
    ['no session', undefined, {}],
    ['null', null, {}],
    ['blank values', { accessToken: ' ', refreshToken: '', access_token: null, tokens: { accessToken: '' } }, {}],
    ['a value that is no string', { accessToken: 7 }, { accessToken: 7 }],
  ])('reads %s', (_what, given, tokens) => {
    expect(readSessionTokens(given)).toEqual(tokens)
  })

  test.each<[string, unknown]>([
    ['access_token', { access_token: 'a' }],
    ['refresh_token', { accessToken: 'a', refresh_token: 'r' }],
    ['id_token', { id_token: 'i' }],
    ['AccessToken', { AccessToken: 'a' }],
    ['accesstoken', { accesstoken: 'a' }],
    ['refresh-token', { 'refresh-token': 'r' }],
    ['tokens', { tokens: { accessToken: 'a' } }],
    ['tokens', { tokens: { access_token: 'a' } }],
    ['tokens', ['a']],
    ['tokens', 'a'],
    ['tokens', new Map([['accessToken', 'a']])],
    ['tokens', new URLSearchParams('accessToken=a')],
    ['tokens', new FormData()],
    ['tokens', new Set(['a'])],
  ])('refuses a token that would stay active unnoticed: %s', (option, given) => {
    expect(() => readSessionTokens(given)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', option, message: expect.stringMatching(/pass|object/) }),
    )
  })

  test.each([
    ['a promise', async () => ({ accessToken: 'a' })],
    // Such as a query of a database.
    ['another object with then()', () => Object.create(Promise.prototype)],
  ])('advises to await %s', (_what, read) => {
    expect(() => readSessionTokens(read())).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        option: 'tokens',
        message: 'tokens is a promise: await it.',
      }),
    )
  })

  test('reads an iterable object that has the tokens as its members', () => {
    const session = Object.assign(new Map([['user', 7]]), { accessToken: 'a' })
    expect(readSessionTokens(session)).toEqual({ accessToken: 'a' })
  })
})
