import { describe, expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf, NOW } from './testing/code-of.ts'
import { judgeIntrospection, judgeMetadata, judgeRevocation } from './verdict.ts'

describe('a revocation succeeds', () => {
  test.each([
    ['200 and nothing', answer(200)],
    ['200 and white space', answer(200, ' \r\n\t ')],
    ['204', answer(204)],
    ['202 and text', answer(202, 'accepted')],
    [
      '200 and text under a type that promises JSON',
      answer(200, 'OK', { headers: { 'content-type': 'application/json' } }),
    ],
    ['200 and an empty object', answer(200, {})],
    ['200 and JSON null', answer(200, 'null')],
    ['200 and JSON true', answer(200, 'true')],
    ['200 and a JSON string', answer(200, '"ok"')],
    ['200 and an empty list', answer(200, '[]')],
    ['200 and JSON under another type', answer(200, { revoked: true }, { headers: { 'content-type': 'text/plain' } })],
    ['an envelope of success', answer(200, { statusCode: 200, message: 'ok', data: { success: true } })],
    ['a legacy envelope of success', answer(200, { code: 200, message: 'ok' })],
    ['an envelope whose code is text', answer(200, { code: 'OK' })],
    ['an error that is null', answer(200, { error: null, message: 'done' })],
    ['an error that is empty', answer(200, { error: '' })],
    ['an empty body with type HTML', answer(200, '', { headers: { 'content-type': 'text/html' } })],
    ['text with type HTML', answer(200, 'OK', { headers: { 'content-type': 'text/html; charset=utf-8' } })],
    ['JSON with type HTML', answer(200, { revoked: true }, { headers: { 'content-type': 'text/html' } })],
    ['a byte order mark before its JSON', answer(200, '\ufeff{"ok":true}')],
    ['an error code of 0', answer(200, { errcode: 0, errmsg: 'ok' })],
    ['an error object that reports no error', answer(200, { error: { code: 0, message: '' }, errors: [] })],
    ['a status in words', answer(200, { status: 'success', result: 'Token revoked' })],
    ['a return code of 0', answer(200, { ret: 0, status: 0, code: '0' })],
    ['data about the user', answer(200, { data: { user: { email_verified: false, name: 'no' } } })],
    ['text that only mentions an error', answer(200, 'no error= here')],
    ['text that reports no error', answer(200, 'Token revoked without any errors.')],
    ['text about a token that is no longer valid', answer(200, 'The token is no longer valid')],
    ['a message that reports no error', answer(200, { message: 'Token revoked, no errors' })],
    ['counts of failures that are 0', answer(200, { failed: 0, failures: [], hasError: false, errorCode: '0000' })],
    ['members that only end like an outcome', answer(200, { country_code: 'NO', postal_code: 90_210, user: 'failed' })],
    ['a form', answer(200, 'status=ok&revoked=1')],
    ['JSON that a script calls', answer(200, 'callback( {"ret":0,"msg":"ok"} );')],
    ['invalid_token, which is what a revoked token is', answer(200, { error: 'invalid_token' })],
  ])('with %s', (_what, given) => {
    expect(codeOf(given)).toBe('ok')
  })

  test('and returns JSON and the request id, from the body or the header', () => {
    const headers = { 'x-request-id': 'of the header' }
    expect(judgeRevocation(answer(200, { requestId: 'of the body' }, { headers }), NOW)).toEqual({
      ok: true,
      json: { requestId: 'of the body' },
      requestId: 'of the body',
    })
    expect(judgeRevocation(answer(200, '', { headers }), NOW)).toMatchObject({ ok: true, requestId: 'of the header' })
  })
})

describe('a 2xx is a failure', () => {
  test.each([
    ['an OAuth error', { error: 'invalid_request' }, 'rejected'],
    ['an error without a name', { error: true }, 'rejected'],
    ['invalid_client', { error: 'invalid_client' }, 'client_auth_failed'],
    ['unsupported_token_type', { error: 'unsupported_token_type' }, 'unsupported_token_type'],
    ['temporarily_unavailable', { error: 'temporarily_unavailable' }, 'provider_unavailable'],
    ['server_error', { error: 'server_error' }, 'provider_unavailable'],
    ['server_error in capitals', { error: 'SERVER_ERROR' }, 'provider_unavailable'],
    ["Slack's service_unavailable", { ok: false, error: 'service_unavailable' }, 'provider_unavailable'],
    ["Slack's internal_error", { ok: false, error: 'internal_error' }, 'provider_unavailable'],
    ["Slack's fatal_error", { ok: false, error: 'fatal_error' }, 'provider_unavailable'],
    ["Slack's request_timeout", { ok: false, error: 'request_timeout' }, 'provider_unavailable'],
    ["Slack's ratelimited", { ok: false, error: 'ratelimited' }, 'rate_limited'],
    ['InternalServerError', { error: 'InternalServerError' }, 'provider_unavailable'],
    ["gRPC's UNAVAILABLE", { code: 14, error: 'UNAVAILABLE', message: 'x' }, 'provider_unavailable'],
    ["WeChat's busy system", { errcode: -1, errmsg: '系统繁忙，此时请开发者稍候再试' }, 'provider_unavailable'],
    ['a request to try again', { success: false, message: 'Please try again later.' }, 'provider_unavailable'],
    ['throttling in Chinese', { code: 499, message: '请求过于频繁，请稍后再试' }, 'rate_limited'],
    ["Feishu's throttling", { code: 99991400, msg: 'request trigger frequency limit' }, 'rate_limited'],
    ['a code that only ends like one', { error: 'token_error' }, 'rejected'],
    ['a session that timed out', { error: 'session_timeout' }, 'rejected'],
    ['an unavailable token', { error: 'token_unavailable' }, 'rejected'],
    ['an envelope of 400', { statusCode: 400, message: 'no' }, 'rejected'],
    ['an envelope of 401', { statusCode: 401, message: 'no' }, 'client_auth_failed'],
    ['an envelope of 403', { statusCode: 403, apiCode: 2333, message: 'no' }, 'rejected'],
    ['an envelope of 404, as the endpoint is there', { statusCode: 404, message: 'no' }, 'rejected'],
    ['an envelope of 429', { statusCode: 429, message: 'slow down' }, 'rate_limited'],
    ['an envelope of 500', { statusCode: 500, message: 'oops' }, 'provider_unavailable'],
    ['an envelope of 503 as text', { statusCode: '503', message: 'oops' }, 'provider_unavailable'],
    ['a legacy code of 400', { code: 400, message: 'no' }, 'rejected'],
    ['a legacy code of 429 behind a status of 200', { statusCode: 200, code: 429 }, 'rate_limited'],
    ['a code of the provider itself', { code: 20_014, message: 'no' }, 'rejected'],
    ['data without success', { statusCode: 200, data: { success: false } }, 'rejected'],
    ['no success', { success: false }, 'rejected'],
    ['false', false, 'rejected'],
    ['false as text', '"false"', 'rejected'],
    ['false as plain text', 'False', 'rejected'],
    ['a plain text that begins with an error', 'Error: no such token', 'rejected'],
    ['a plain text that refuses', 'Invalid token', 'rejected'],
    ['revoked: "false"', { revoked: 'false' }, 'rejected'],
    ['revoked: false', { revoked: false }, 'rejected'],
    ['revoked: 0', { revoked: 0 }, 'rejected'],
    ['ok: false', { ok: false }, 'rejected'],
    ['isSuccess: false', { isSuccess: false }, 'rejected'],
    ['Success in another case', { Success: 'False' }, 'rejected'],
    ['a status of error', { status: 'error' }, 'rejected'],
    ['a status of failure', { status: 'FAILURE' }, 'rejected'],
    ['a status of NOT_OK', { status: 'NOT_OK' }, 'rejected'],
    ['a status in camel case', { result: 'notRevoked' }, 'rejected'],
    ['a status code in words', { code: 'TOKEN_INVALID' }, 'rejected'],
    ['errors in a list', { errors: [{ message: 'no' }] }, 'rejected'],
    ['a member that reports whether there is an error', { hasError: true }, 'rejected'],
    ['a member that reports whether it failed', { is_failed: 1 }, 'rejected'],
    ['details of an error', { errorDetails: 'x' }, 'rejected'],
    ['a fault in small letters', { faultstring: 'x' }, 'rejected'],
    ['a failure', { failure: 'x' }, 'rejected'],
    ['a problem by that name', { problem: 'x' }, 'rejected'],
    ['an HTTP status by another name', { httpStatus: 500 }, 'provider_unavailable'],
    ['an HTTP code', { http_code: 403 }, 'rejected'],
    ['the status of the revocation', { revocation_status: 'failed' }, 'rejected'],
    ['yes or no by a letter', { IsSuccess: 'N' }, 'rejected'],
    ['revoked: null', { revoked: null }, 'rejected'],
    ['not accepted', { accepted: false }, 'rejected'],
    ['not deleted', { deleted: false }, 'rejected'],
    ['a severity', { severity: 'ERROR' }, 'rejected'],
    ['an error code of letters and digits', { resultCode: 'E001' }, 'rejected'],
    ['a message', { message: 'Token revocation failed' }, 'rejected'],
    ['a message in Chinese', { msg: '撤销失败' }, 'rejected'],
    ['a message in Russian', { message: 'Произошла ошибка' }, 'rejected'],
    ['a status in German', { status: 'fehlgeschlagen' }, 'rejected'],
    ['a status in French', { status: 'échec' }, 'rejected'],
    ['a status in Spanish', { resultado: 'x', status: 'falló' }, 'rejected'],
    ['a text that something failed', 'Sorry, the token could not be revoked', 'rejected'],
    ['a text of a server', 'Internal Server Error', 'provider_unavailable'],
    ['a text that the service is down', 'We are down for maintenance', 'provider_unavailable'],
    ['a form', 'success=false&reason=x', 'rejected'],
    ["JSON that a script calls, as QQ's", 'callback( {"error":100016,"error_description":"no"} );', 'rejected'],
    ['JSON that no script must load', ')]}\',\n{"error":"invalid_request"}', 'rejected'],
    ['JSON behind an endless loop', 'for(;;);{"error":"invalid_request"}', 'rejected'],
    ['errors by field', { errors: { token: ['is invalid'] } }, 'rejected'],
    ['an error code', { error_code: 7 }, 'rejected'],
    ['an error number', { errno: 1, errmsg: 'invalid token' }, 'rejected'],
    ['an exception', { exception: 'NullPointerException' }, 'rejected'],
    ['a fault', { fault: { faultstring: 'Invalid access token' } }, 'rejected'],
    ['a list with an error', [{ error: 'invalid_request' }], 'rejected'],
    ['success as text', { success: 'false' }, 'rejected'],
    ['a negative code', { code: -1 }, 'rejected'],
    ['a negative code as text', { code: '-1' }, 'rejected'],
    ['a refusal within data', { data: { revoked: false } }, 'rejected'],
    ['a refusal deep within', { response: { body: { status: 'failed' } } }, 'rejected'],
    ['a problem', { type: 'about:blank', title: 'Forbidden', status: 403 }, 'rejected'],
    ['a problem of 429', { title: 'Slow down', status: 429 }, 'rate_limited'],
    ['an error by the name __proto__', '{"__proto__":{"error":"x"}}', 'rejected'],
    ["Google's nested error", { error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT' } }, 'rejected'],
    ["Google's nested 429", { error: { code: 429, message: 'quota' } }, 'rate_limited'],
  ])('with %s', (_what, body, code) => {
    expect(codeOf(answer(200, body))).toBe(code)
  })

  test.each([
    ['HTML', '<!doctype html><title>Sign in</title>', {}],
    ['HTML under a type that promises JSON', '<html></html>', { headers: { 'content-type': 'application/json' } }],
    ['a fragment of HTML', 'Please <a href="/login">sign in</a>.', {}],
    ['an empty body, if a firewall states that it responded', '', { headers: { 'x-amzn-waf-action': 'challenge' } }],
    ['text, if a firewall states that it responded', 'ok', { headers: { 'cf-mitigated': 'challenge' } }],
    ['XML', '<?xml version="1.0"?><ok/>', {}],
    ['JSON that is cut off', '{"error":"inv', {}],
    ['a JSON list that is cut off', '[1,', {}],
    ['an endless body', 'ok '.repeat(100), { truncated: true }],
    ['endless white space', ' '.repeat(100), { truncated: true }],
    ['an image', '\ufffdPNG\r\n\u001a\n\u0000\u0000', {}],
  ])('that cannot be interpreted: %s', (_what, body, given) => {
    expect(codeOf(answer(200, body, given))).toBe('unexpected_response')
  })

  test('with an error in the form encoding that some providers use', () => {
    const given = answer(200, 'error=invalid_client&error_description=no+such+client')
    expect(judgeRevocation(given, NOW)).toMatchObject({
      code: 'client_auth_failed',
      providerError: 'invalid_client',
      providerErrorDescription: 'no such client',
    })
  })
})

describe('introspection', () => {
  test.each([true, false])('depends on active: %s', (active) => {
    expect(judgeIntrospection(answer(200, { active, scope: 'a' }), NOW)).toEqual({
      ok: true,
      json: { active, scope: 'a' },
    })
  })

  test.each([
    ['nothing', ''],
    ['text', 'true'],
    ['a list', '[{"active":true}]'],
    ['active as text', { active: 'false' }],
    ['active as a number', { active: 0 }],
    ['no active', { scope: 'a' }],
    ['HTML', '<html>'],
  ])('does not accept %s', (_what, body) => {
    expect(judgeIntrospection(answer(200, body), NOW)).toMatchObject({ ok: false, code: 'unexpected_response' })
  })

  test.each([
    ['an outage', { active: false, error: 'server_error' }, 'provider_unavailable'],
    ['a refused credential', { active: false, error: 'invalid_client' }, 'client_auth_failed'],
    ['a status', { statusCode: 503, message: 'unavailable', active: false }, 'provider_unavailable'],
    ['a code in another spelling', { active: false, errorCode: 'E9', errorSummary: 'x' }, 'rejected'],
    ['an error in capitals', { active: false, Error: 'server_error' }, 'provider_unavailable'],
    ['a list of errors', { active: false, errors: [{ message: 'db down' }] }, 'rejected'],
    ['a message', { active: false, message: 'Service unavailable' }, 'provider_unavailable'],
    ['a status by another name', { active: false, status: 503 }, 'provider_unavailable'],
    ['a status, although the token is active', { active: true, statusCode: 500 }, 'provider_unavailable'],
  ])('proves nothing beside %s', (_what, body, code) => {
    expect(judgeIntrospection(answer(200, body), NOW)).toMatchObject({ ok: false, code })
  })

  test.each([{ error: null }, { error: '' }, { error: 'invalid_token' }, { statusCode: 200 }])(
    'proves something beside %j',
    (more) => {
      expect(judgeIntrospection(answer(200, { active: false, ...more }), NOW)).toMatchObject({ ok: true })
    },
  )

  test('is an error if the response states one', () => {
    expect(judgeIntrospection(answer(200, { statusCode: 401, message: 'no' }), NOW)).toMatchObject({
      code: 'client_auth_failed',
    })
    expect(judgeIntrospection(answer(401, { active: false }), NOW)).toMatchObject({ code: 'client_auth_failed' })
  })
})

describe('metadata', () => {
  test('is a document with an issuer', () => {
    const body = { issuer: 'https://id.example.com' }
    expect(judgeMetadata(answer(200, body), NOW)).toEqual({ ok: true, json: body })
  })

  test.each([
    ['no issuer', {}],
    ['an issuer that is not a string', { issuer: 7 }],
    ['HTML', '<html>'],
    ['text', 'issuer'],
  ])('is not a document with %s', (_what, body) => {
    expect(judgeMetadata(answer(200, body), NOW)).toMatchObject({ code: 'unexpected_response' })
  })
})
