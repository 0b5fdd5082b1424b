import { describe, expect, test } from 'vitest'
import { bearerAuthorization } from './bearer-authorization.ts'

const request = (headers: Record<string, string>): Request => new Request('https://feed.example.com/', { headers })

describe('secrets of a feed', () => {
  test('can be several, so that one can be replaced', () => {
    const authorize = bearerAuthorization('the-old-secret-of-it', 'the-new-secret-of-it')
    const given = (secret: string): Request => request({ authorization: `bearer ${secret}` })
    expect(authorize(given('the-old-secret-of-it'))).toBe(true)
    expect(authorize(given('the-new-secret-of-it'))).toBe(true)
    for (const wrong of ['the-new-secret-of-i', 'the-new-secret-of-it2', 'The-new-secret-of-it', 'x', '']) {
      expect(authorize(given(wrong))).toBe(false)
    }
    for (const header of ['the-new-secret-of-it', 'Basic the-new-secret-of-it', 'Bearer the-new-secret-of-it, x']) {
      expect(authorize(request({ authorization: header }))).toBe(false)
    }
    expect(authorize(request({}))).toBe(false)
  })

  test.each([[], [''], ['too-short'], ['with a space inside'], [undefined], ['a-good-secret-of-it', '']])(
    'cannot be %j, and are not repeated',
    (...secrets) => {
      expect(() => bearerAuthorization(...(secrets as string[]))).toThrow(
        expect.objectContaining({ code: 'invalid_options' }),
      )
      expect(() => bearerAuthorization(...(secrets as string[]))).not.toThrow(/too-short|in between/)
    },
  )
})
