import { describe, expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf, NOW } from './testing/code-of.ts'
import { judgeMetadata, judgeRevocation } from './verdict.ts'

describe('the status determines', () => {
  test.each([
    [100, 'unexpected_response'],
    [0, 'unexpected_response'],
    [301, 'redirect_refused'],
    [304, 'redirect_refused'],
    [308, 'redirect_refused'],
    [400, 'rejected'],
    [401, 'client_auth_failed'],
    [403, 'rejected'],
    [404, 'endpoint_missing'],
    [405, 'endpoint_missing'],
    [408, 'provider_unavailable'],
    [410, 'endpoint_missing'],
    [407, 'unexpected_response'],
    [421, 'provider_unavailable'],
    [425, 'provider_unavailable'],
    [429, 'rate_limited'],
    [500, 'provider_unavailable'],
    [501, 'provider_unavailable'],
    [503, 'provider_unavailable'],
    [511, 'unexpected_response'],
    [599, 'provider_unavailable'],
    [600, 'unexpected_response'],
    [999, 'unexpected_response'],
  ])('for %i: %s', (status, code) => {
    for (const body of ['', '{"cut', '{}']) expect(codeOf(answer(status, body))).toBe(code)
  })

  test.each([
    [400, '<html>Bad Request', 'unexpected_response'],
    [400, 'Invalid token', 'rejected'],
    [401, '<html>', 'client_auth_failed'],
    [401, 'who are you?', 'client_auth_failed'],
    [403, '<html>Just a moment...', 'unexpected_response'],
    [403, 'error code: 1020', 'unexpected_response'],
    [404, 'default backend - 404', 'unexpected_response'],
    [404, '<html>404 Not Found', 'unexpected_response'],
    [405, '<html>405 Not Allowed', 'unexpected_response'],
    [406, 'Not Acceptable!', 'unexpected_response'],
    [413, '<html>', 'unexpected_response'],
    [429, '<html>', 'rate_limited'],
    [429, 'error code: 1015', 'rate_limited'],
    [500, '<html>', 'provider_unavailable'],
    [502, '<html>502 Bad Gateway', 'provider_unavailable'],
    [503, 'Service Unavailable', 'provider_unavailable'],
  ])('the meaning of the body: %i with %j', (status, body, code) => {
    expect(codeOf(answer(status, body))).toBe(code)
  })

  test.each([200, 202, 403, 405, 429, 503])('unless a firewall states that it responded: %i', (status) => {
    for (const name of ['cf-mitigated', 'x-amzn-waf-action']) {
      expect(codeOf(answer(status, '', { headers: { [name]: 'challenge' } }))).toBe('unexpected_response')
    }
  })

  test.each([
    ['says that the client does not exist', { status: 404, message: 'client does not exist' }, 'rejected'],
    ['has a code of OAuth', { error: 'invalid_request', error_description: 'Unknown token' }, 'rejected'],
    ['says invalid_client', { error: 'invalid_client' }, 'client_auth_failed'],
    [
      'is the one of oidc-provider',
      {
        error: 'invalid_request',
        error_description: 'unrecognized route or not allowed method (POST on /oidc/token/x)',
      },
      'endpoint_missing',
    ],
    [
      'is the one of Fastify',
      { statusCode: 404, error: 'Not Found', message: 'Route POST:/token/revocation not found' },
      'endpoint_missing',
    ],
    [
      'is the one of Nest',
      { statusCode: 404, error: 'Not Found', message: 'Cannot POST /oauth/token/revoke' },
      'endpoint_missing',
    ],
    ['is the one of Spring', { status: 404, error: 'Not Found', path: '/oauth/token/revoke' }, 'endpoint_missing'],
    ['is the one of Django', { detail: 'Not found.' }, 'endpoint_missing'],
  ])('for 404, whether the endpoint exists: a body that %s', (_what, body, code) => {
    expect(codeOf(answer(404, body))).toBe(code)
  })

  test.each([400, 403, 404, 405, 409, 420, 423, 451])(
    'for %i: throttling, if it specifies how long to wait',
    (status) => {
      for (const body of ['', '{}', '<html>', 'text']) {
        const given = answer(status, body, { headers: { 'retry-after': '7' } })
        expect(judgeRevocation(given, NOW)).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 })
      }
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }
      expect(judgeRevocation(answer(status, '{}', { headers }), NOW)).toMatchObject({
        code: 'rate_limited',
        retryAfterMs: 9_000,
      })
    },
  )

  test('for a definite error: no throttling, although no further request is admitted', () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }
    const verdict = judgeRevocation(answer(400, { error: 'invalid_request' }, { headers }), NOW)
    expect(verdict).toMatchObject({ code: 'rejected', retryAfterMs: undefined })
    const busy = answer(400, { error: 'temporarily_unavailable' }, { headers })
    expect(judgeRevocation(busy, NOW)).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 9_000 })
  })

  test.each([
    'slow_down',
    'too_many_requests',
    'rate_limit_exceeded',
    'TooManyRequestsException',
    'ThrottlingException',
  ])('together with the error: 400 and %s', (error) => {
    expect(codeOf(answer(400, { error }))).toBe('rate_limited')
  })

  test.each([
    ['401', answer(401, '', { headers: { 'retry-after': '5' } }), 'client_auth_failed'],
    [
      'invalid_client',
      answer(400, { error: 'invalid_client' }, { headers: { 'retry-after': '5' } }),
      'client_auth_failed',
    ],
    ['503', answer(503, '', { headers: { 'retry-after': '5' } }), 'provider_unavailable'],
  ])('a meaning that Retry-After does not change: %s', (_what, given, code) => {
    expect(judgeRevocation(given, NOW)).toMatchObject({ code, retryAfterMs: 5_000 })
  })

  test('that a redirect was hidden or followed, despite everything else', () => {
    expect(codeOf(answer(0, '', { redirected: true }))).toBe('redirect_refused')
    expect(codeOf(answer(200, '', { redirected: true }))).toBe('redirect_refused')
    expect(codeOf(answer(302, { error: 'invalid_client' }))).toBe('redirect_refused')
  })

  test.each([
    ['400 with invalid_client', answer(400, { error: 'invalid_client' }), 'client_auth_failed'],
    ['400 with an envelope of 401', answer(400, { statusCode: 401 }), 'client_auth_failed'],
    ['400 with unsupported_token_type', answer(400, { error: 'unsupported_token_type' }), 'unsupported_token_type'],
    ['503 with unsupported_token_type', answer(503, { error: 'unsupported_token_type' }), 'unsupported_token_type'],
    ['400 with an envelope of 503', answer(400, { statusCode: 503 }), 'provider_unavailable'],
    ['401 with an envelope of 503', answer(401, { statusCode: 503 }), 'client_auth_failed'],
    ['400 with server_error', answer(400, { error: 'server_error' }), 'provider_unavailable'],
    ['404 with JSON', answer(404, { error: 'not_found' }), 'endpoint_missing'],
    ['429 with invalid_request', answer(429, { error: 'invalid_request' }), 'rate_limited'],
  ])('together with the body: %s', (_what, given, code) => {
    expect(codeOf(given)).toBe(code)
  })
})

describe('a token that is no longer valid', () => {
  const google = { error: 'invalid_token', error_description: 'Token expired or revoked' }

  test('counts as revoked: 400 with invalid_token, in any form', () => {
    const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }
    for (const given of [
      answer(400, google),
      answer(400, 'error=invalid_token'),
      answer(400, '', { headers: challenge }),
      answer(200, google),
    ]) {
      expect(judgeRevocation(given, NOW)).toMatchObject({ ok: true })
    }
  })

  test.each([
    ['401 means a refused credential', answer(401, google), 'client_auth_failed'],
    ['403 is not that answer', answer(403, google), 'rejected'],
    ['503 is not that answer', answer(503, google), 'provider_unavailable'],
    ['a status of 401 within', answer(400, { ...google, statusCode: 401 }), 'client_auth_failed'],
    ['other codes', answer(400, { error: 'invalid_grant' }), 'rejected'],
    [
      'a description that only mentions it',
      answer(400, { error: 'invalid_request', error_description: 'invalid_token' }),
      'rejected',
    ],
  ])('does not count if %s', (_what, given, code) => {
    expect(codeOf(given)).toBe(code)
  })

  test.each([
    ['code', answer(400, { error: 'invalid_grant' })],
    ['code at another status', answer(403, { error: 'unauthorized_client' })],
    ['description', answer(400, { status: 400, message: 'Invalid token' })],
    ['text', answer(400, 'Invalid token')],
    ['code in a success', answer(200, { errorCode: 'E42' })],
  ])('counts by names that the application configures: by its %s', (_what, given) => {
    const names = ['invalid_grant', 'unauthorized_client', 'Invalid token', 'E42']
    expect(codeOf(given)).toBe('rejected')
    expect(judgeRevocation(given, NOW, names)).toMatchObject({ ok: true })
  })

  test.each([
    ['invalid_token', 400, google, []],
    ['invalid_token in a 200', 200, { error: 'invalid_token' }, []],
    ['a configured code', 403, { error: 'token_gone' }, ['token_gone']],
  ] as const)('counts even if the response also asks for a wait: %s', (_what, status, body, names) => {
    const used = { 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '42' }
    for (const headers of [used, { 'retry-after': '30' }]) {
      expect(judgeRevocation(answer(status, body, { headers }), NOW, names)).toMatchObject({ ok: true })
    }
  })

  test.each([
    ['404', answer(404, { message: 'Not Found' }), 'endpoint_missing', 'Not Found'],
    ['410', answer(410, { message: 'Resource gone' }), 'endpoint_missing', 'Resource gone'],
    ['409', answer(409, { error: 'gone' }), 'rejected', 'gone'],
    [
      "Salesforce's form",
      answer(400, 'error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported'),
      'unsupported_token_type',
      'unsupported_token_type',
    ],
    ['a code for outages', answer(400, { error: 'server_error' }), 'provider_unavailable', 'server_error'],
  ])('counts by a configured name whatever the response means without it: %s', (_what, given, code, name) => {
    expect(codeOf(given)).toBe(code)
    expect(judgeRevocation(given, NOW, [name])).toMatchObject({ ok: true })
  })

  test.each([
    ['a part of a description', answer(400, { message: 'Invalid token type' })],
    ['a proxy', answer(407, { message: 'Invalid token' })],
    ['a redirect', answer(302, { message: 'Invalid token' })],
    ['a refused credential in a body', answer(400, { statusCode: 401, message: 'Invalid token' })],
    ['an outage in a body', answer(200, { statusCode: 503, message: 'Invalid token' })],
    ['throttling in a body', answer(200, { statusCode: 429, message: 'Invalid token' })],
    ['invalid_client', answer(400, { error: 'invalid_client', error_description: 'Invalid token' })],
    ['a firewall that asks for a wait', answer(403, 'Invalid token', { headers: { 'retry-after': '5' } })],
    ['another case', answer(400, { message: 'invalid token' })],
    ['a refused credential', answer(401, { error: 'Invalid token' })],
    ['an outage', answer(503, { error: 'Invalid token' })],
    ['throttling', answer(429, { error: 'Invalid token' })],
    ['a firewall', answer(403, 'Invalid token')],
  ])('is not inferred from %s', (_what, given) => {
    expect(judgeRevocation(given, NOW, ['Invalid token'])).toMatchObject({ ok: false })
  })
})

test.each([
  ['metadata', judgeMetadata, 26_000],
  ['revocation', judgeRevocation, 6_500],
])('an endlessly nested error is a failure of %s like any other', (_what, judge, depth) => {
  const body = `${'{"error":'.repeat(depth)}"x"${'}'.repeat(depth)}`
  expect(judge(answer(200, body), NOW)).toMatchObject({ ok: false, code: 'rejected' })
})
