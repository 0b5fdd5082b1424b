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

  test.each([
    [{ errcode: 42_001 }, '42001'],
    [{ code: 99_991_668 }, '99991668'],
    [{ error: 1_203 }, '1203'],
    [{ errors: [{ code: 89 }] }, '89'],
    [{ error_code: -110 }, '-110'],
    [{ error: 'expired_token', error_code: 21_327 }, 'expired_token'],
    [{ code: 400 }, undefined],
    [{ error: { code: 0 } }, undefined],
    [{ code: 123_456_789_012 }, undefined],
  ])('the number of the error in %j', (body, providerError) => {
    expect(judgeRevocation(answer(400, body), NOW)).toMatchObject({ code: 'rejected', providerError })
  })

  test.each([
    [200, { errcode: 42_001, errmsg: 'access_token expired' }, '42001'],
    [400, { code: 99_991_668, msg: 'x' }, '99991668'],
    [400, { error: 'expired_token', error_code: 21_327 }, '21327'],
  ])('a number that means that the token is no longer valid: %i with %j', (status, body, number) => {
    expect(judgeRevocation(answer(status, body), NOW, [number])).toMatchObject({ ok: true })
    expect(judgeRevocation(answer(status, body), NOW, ['1'])).toMatchObject({ ok: false })
  })

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

describe('the spelling does not matter:', () => {
  test.each([
    ['a name in another case', { Error: 'invalid_client' }, 'client_auth_failed'],
    ['a code beside a text', { ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' }, 'client_auth_failed'],
    ['a list of one error', { error: ['invalid_client'] }, 'client_auth_failed'],
    ['a list of errors', { errors: ['invalid_client'] }, 'client_auth_failed'],
    ['white space', { error: ' invalid_client ' }, 'client_auth_failed'],
    ['a hyphen', { error: 'invalid-client' }, 'client_auth_failed'],
    ['camel case', { error: 'InvalidClient' }, 'client_auth_failed'],
    ['a prefix', { error: 'oauth2.invalid_client' }, 'client_auth_failed'],
    ['a type', { type: 'invalid_client', message: 'x' }, 'client_auth_failed'],
    ['JSON that is text', '"invalid_client"', 'client_auth_failed'],
    ['JSON in JSON', '"{\\"error\\":\\"invalid_client\\"}"', 'client_auth_failed'],
    ['a line', 'invalid_client\n', 'client_auth_failed'],
    ['capitals', { error: 'UNSUPPORTED_TOKEN_TYPE' }, 'unsupported_token_type'],
    ["AWS's throttling", { __type: 'ThrottlingException', message: 'Rate exceeded' }, 'rate_limited'],
    ["AWS's other throttling", { __type: 'TooManyRequestsException' }, 'rate_limited'],
    ["AWS's outage", { __type: 'InternalErrorException' }, 'provider_unavailable'],
    ['throttling in Chinese', { msg: '触发限流' }, 'rate_limited'],
    ['throttling by a limit', { message: 'Limit Exceeded' }, 'rate_limited'],
    ['text that only mentions a code', { error: 'not_invalid_client' }, 'rejected'],
  ])('%s', (_what, body, code) => {
    expect(codeOf(answer(400, body))).toBe(code)
  })

  test.each([
    [{ Message: 'Authorization has been denied' }, undefined, 'Authorization has been denied'],
    [{ fault: { faultstring: 'No proxy' } }, undefined, 'No proxy'],
    [{ error: { status: 'INVALID_ARGUMENT', message: 'm' } }, 'INVALID_ARGUMENT', 'm'],
    [{ type: 'error', error: { type: 'api_error', message: 'm' } }, 'api_error', 'm'],
    [{ status: 'error', message: 'm' }, undefined, 'm'],
  ])('the reason of %j', (body, providerError, providerErrorDescription) => {
    const verdict = judgeRevocation(answer(400, body), NOW)
    expect(verdict).toMatchObject({ ok: false, providerError, providerErrorDescription })
  })

  test.each([
    [{ retry_after: 7 }],
    [{ RetryAfter: '7' }],
    [{ retry_after_seconds: 7 }],
    [{ retryAfterSeconds: 7 }],
    [{ error: { details: { 'Retry-After-Ms': 7_000 } } }],
  ])('the wait of %j', (body) => {
    expect(judgeRevocation(answer(429, body), NOW)).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 })
  })
})

describe('invalid_token beside invalid_client is no statement about the token:', () => {
  test.each([
    ['in a list', answer(400, { errors: [{ code: 'invalid_token' }, { code: 'invalid_client' }] })],
    ['in another member', answer(400, { error: 'invalid_token', errorCode: 'invalid_client' })],
    ['within', answer(400, { error: 'invalid_token', details: { error: 'invalid_client' } })],
    [
      'in WWW-Authenticate',
      answer(
        400,
        { error: 'invalid_token' },
        { headers: { 'www-authenticate': 'Bearer error="x", Basic error="invalid_client"' } },
      ),
    ],
  ])('%s', (_what, given) => {
    expect(codeOf(given)).toBe('client_auth_failed')
  })
})
