import { describe, expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf, NOW } from './testing/code-of.ts'
import { judgeRevocation } from './verdict.ts'

describe('a failure provides', () => {
  test.each([
    ['Twitch', { status: 400, message: 'Invalid token' }, undefined, 'Invalid token'],
    ['Okta', { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }, 'E0000011', 'Invalid token provided'],
    [
      'Fitbit',
      { errors: [{ errorType: 'invalid_request', message: 'Missing token' }], success: false },
      'invalid_request',
      'Missing token',
    ],
    ['a problem', { type: 'about:blank', title: 'Bad', status: 400, detail: 'No token' }, undefined, 'No token'],
    ['plain text', 'Invalid token', undefined, 'Invalid token'],
  ])('the reason from %s', (_what, body, providerError, providerErrorDescription) => {
    expect(judgeRevocation(answer(400, body), NOW)).toMatchObject({
      code: 'rejected',
      providerError,
      providerErrorDescription,
    })
  })

  test('the OAuth error from the body', () => {
    expect(judgeRevocation(answer(400, { error: 'invalid_request', error_description: 'no token' }), NOW)).toEqual({
      ok: false,
      code: 'rejected',
      status: 400,
      providerError: 'invalid_request',
      providerErrorDescription: 'no token',
    })
  })

  test("all fields of GenAuth's envelope", () => {
    const body = { statusCode: 403, apiCode: 2333, message: 'Access denied', requestId: 'id-1' }
    expect(judgeRevocation(answer(200, body), NOW)).toMatchObject({
      status: 200,
      apiCode: 2333,
      providerErrorDescription: 'Access denied',
      requestId: 'id-1',
    })
  })

  test.each(['x', null, {}, 123_456_789_012, '123456789012', -1])(
    'no apiCode that is not a number below 1e9: %o',
    (apiCode) => {
      const verdict = judgeRevocation(answer(200, { statusCode: 403, apiCode }), NOW)
      expect(verdict).toMatchObject({ ok: false, apiCode: undefined })
    },
  )

  test("the message of Google's nested error", () => {
    const body = { error: { code: 401, message: 'Bad key', status: 'UNAUTHENTICATED' } }
    expect(judgeRevocation(answer(401, body), NOW)).toMatchObject({
      code: 'client_auth_failed',
      providerErrorDescription: 'Bad key',
    })
  })

  test.each([
    ['quoted', 'Basic realm="x", error="invalid_client", error_description="say \\"please\\""', 'say "please"'],
    ['bare', 'Bearer error=invalid_client, error_description=please', 'please'],
    ['alone', 'error="invalid_client"', undefined],
  ])('the error from WWW-Authenticate: %s', (_what, challenge, description) => {
    const given = answer(401, '', { headers: { 'www-authenticate': challenge } })
    expect(judgeRevocation(given, NOW)).toMatchObject({
      code: 'client_auth_failed',
      providerError: 'invalid_client',
      providerErrorDescription: description,
    })
  })

  test('the error from WWW-Authenticate also on 400, if only it shows that the client is wrong', () => {
    const given = answer(400, '', { headers: { 'www-authenticate': 'Basic error="invalid_client"' } })
    expect(codeOf(given)).toBe('client_auth_failed')
  })

  test('the body rather than WWW-Authenticate if both contain an error', () => {
    const headers = { 'www-authenticate': 'Basic error="invalid_token", error_description="header"' }
    const body = { error: 'invalid_client', error_description: 'body' }
    expect(judgeRevocation(answer(401, body, { headers }), NOW)).toMatchObject({
      providerError: 'invalid_client',
      providerErrorDescription: 'body',
    })
  })

  test('no error from a quoted string of WWW-Authenticate', () => {
    const challenge = 'Bearer realm="a, error=invalid_client b", error="insufficient_scope"'
    const given = answer(403, '', { headers: { 'www-authenticate': challenge } })
    expect(judgeRevocation(given, NOW)).toMatchObject({ code: 'rejected', providerError: 'insufficient_scope' })
  })

  test('no error from a challenge without one', () => {
    const given = answer(401, '', { headers: { 'www-authenticate': 'Basic realm="my_error=1"' } })
    expect(judgeRevocation(given, NOW)).toMatchObject({ code: 'client_auth_failed', providerError: undefined })
  })

  test('the time to wait', () => {
    const after = (value: string) => {
      const verdict = judgeRevocation(answer(503, '', { headers: { 'retry-after': value } }), NOW)
      return verdict.ok ? 'ok' : verdict.retryAfterMs
    }
    expect(after('120')).toBe(120_000)
    expect(after('Thu, 01 Jan 2026 00:00:30 GMT')).toBe(30_000)
    expect(after('soon')).toBeUndefined()
  })
})
