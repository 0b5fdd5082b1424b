import { describe, expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf } from './testing/code-of.ts'

describe('a 2xx fails', () => {
  test.each([
    ['throttling as a code', { code: 'TOO_MANY_REQUESTS' }, 'rate_limited'],
    ['a limit as a code', { code: 'RATE_LIMITED' }, 'rate_limited'],
    ['throttling as a status', { status: 'throttled' }, 'rate_limited'],
    ['a timeout as a status', { status: 'timeout' }, 'provider_unavailable'],
    ['NG, which is Japanese for no', { status: 'NG' }, 'rejected'],
    ['blocked', { status: 'blocked' }, 'rejected'],
    ['declined', { status: 'declined' }, 'rejected'],
    ['fatal', { status: 'fatal' }, 'rejected'],
    ['aborted', { status: 'aborted' }, 'rejected'],
    ['busy', { status: 'busy' }, 'rejected'],
    ['a missing parameter', { status: 'MISSING_PARAMETER' }, 'rejected'],
    ['not completed', { completed: false }, 'rejected'],
    ['not revoked, for one of several', { revoked: { access_token: false, refresh_token: true } }, 'rejected'],
    ['an empty ok', { ok: '' }, 'rejected'],
    ['an empty success', { success: '' }, 'rejected'],
    ['a line with an outcome', 'success: false', 'rejected'],
    ['one of several lines', 'result=ok\nrevoked: no\n', 'rejected'],
    ['lines with a status and a message', 'code=401\nmessage=no', 'rejected'],
    ['JSON that is text', '"{\\"error\\":\\"invalid_client\\"}"', 'client_auth_failed'],
    ['a body within', { statusCode: 200, body: '{"error":"invalid_client"}' }, 'client_auth_failed'],
    ['data as text', { data: ' {"revoked":false}' }, 'rejected'],
    ['a message beside an error code of 0', { errcode: 0, errmsg: 'system error' }, 'provider_unavailable'],
    ['a sentence about an error, alone', { error_description: 'x' }, 'rejected'],
    ['an error beside a message of success', { error: 'E1', message: 'ok' }, 'rejected'],
    ['a code of the provider beside another message', { code: 20_000, message: 'no' }, 'rejected'],
    ['a status of HTTP beside a message of success', { code: 403, message: 'ok' }, 'rejected'],
    ['a status of HTTP beside success', { code: 403, success: true }, 'rejected'],
    ['a code of the provider without success', { code: 2_000, success: false }, 'rejected'],
    ['not logged out', { logged_out: false }, 'rejected'],
    ['not signed out', { data: { signedOut: false } }, 'rejected'],
    ['not invalidated', { invalidated: 'false' }, 'rejected'],
    ['a result by the name of the operation', { data: { revokeToken: false } }, 'rejected'],
    ['a logout', { logout: false }, 'rejected'],
    ["eBay's acknowledgment", { Ack: 'Failure' }, 'rejected'],
    ["Shopify's errors", { data: { revoke: { userErrors: [{ message: 'x' }] } } }, 'rejected'],
    ['one of several results', { result: ['ok', 'failed'] }, 'rejected'],
    ['an error in a list', { errors: ['x'] }, 'rejected'],
    ['an error with a code of 0 and a message', { error: { code: '0', message: 'database error' } }, 'rejected'],
    ['an error with a code of 0 and another message', { error: { code: 0, message: 'x' } }, 'rejected'],
    ['an error without a code', { error: { code: '', message: 'boom' } }, 'rejected'],
    ['a list of messages', { messages: ['Sorry', 'The token could not be revoked'] }, 'rejected'],
    ['an error with an id', { error: { id: '1', message: 'x' } }, 'rejected'],
    ['a token that is not named', { code: 'NO_TOKEN_PROVIDED' }, 'rejected'],
    ['a request without a token', { code: 'TOKEN_NOT_FOUND_IN_REQUEST' }, 'rejected'],
    ['an unknown type of tokens', { code: 'UNKNOWN_TOKEN_TYPE' }, 'rejected'],
    ['what introspection says about an active token', { active: true, client_id: 'app' }, 'unexpected_response'],
    ['text in an unknown encoding', '\ufffd\ufffd\ufffd', 'unexpected_response'],
  ])('with %s', (_what, body, code) => {
    expect(codeOf(answer(200, body))).toBe(code)
  })
})

/** OAuth's error codes that can answer a revocation, and those of its extensions. */
const CODES =
  'invalid_request invalid_grant unauthorized_client invalid_scope access_denied insufficient_scope consent_required account_selection_required registration_not_supported insufficient_user_authentication unmet_authentication_requirements use_dpop_nonce invalid_dpop_proof'

test.each(CODES.split(' '))('a 2xx fails with %s under any name for a code', (code) => {
  for (const name of ['code', 'error_code', 'errorCode', 'reason', 'type']) {
    expect(codeOf(answer(200, { [name]: code })), name).toBe('rejected')
  }
})

describe('a 2xx succeeds', () => {
  test.each([
    ['an error message of success', { errcode: 0, errmsg: '成功' }],
    ['a longer one', { errno: 0, errmsg: '操作成功' }],
    ["one in the form of WeChat's mini programs", { errCode: 0, errMsg: 'revoke:ok' }],
    ['one without a code', { errorMessage: 'Operation completed successfully' }],
    ['a description beside an error that is null', { error: null, error_description: 'The token was revoked' }],
    ["a code of the provider beside a message of success, as Alipay's", { code: '10000', msg: 'Success' }],
    ['a message of no error', { msg: '无异常' }],
    ['a code of only zeros', { code: 'E0000' }],
    ['no content', { status: 'no_content' }],
    ['nothing to do', { status: 'no-op' }],
    ['a token that is not active', { active: false }],
    ['only that something is active', { active: true }],
    ['an active user', { user: { active: true } }],
    ['what was revoked', { revoked: { access_token: true } }],
    ['a body within', { statusCode: 200, body: '{"revoked":true}' }],
    ['text that only begins like JSON', { data: '{ok' }],
    ['lines', 'result=ok\nrevoked: yes\nnote: x'],
    ["Slack's warnings", { ok: true, response_metadata: { warnings: ['missing_charset'] } }],
    ['numbers of what was revoked', { revoked: true, ids: [4711] }],
    ['names of what was revoked', { revoked: ['err-1a'], revokedTokens: ['jti-err-1'] }],
    ['scopes', { scopes: ['errors:read'] }],
    ["TikTok's error, which is ok", { data: {}, error: { code: 'ok', message: '', log_id: '20260101ABC' } }],
    ['an error with a code of 0 and an id', { error: { code: '0', message: 'no error', trace_id: 'abc' } }],
    ['an error with a code of 0 and a message of success', { error: { code: 0, message: '成功' } }],
    ['an error with only an id', { error: { id: 'abc' } }],
    ['an error that does not apply', { error: 'N/A' }],
    ['a time', { revoked: 1_732_665_600 }],
    ['a count', { deleted: 452 }],
    ['a code of the provider beside success', { success: true, code: 20_000, data: null }],
    ['a code of the provider beside a flag', { flag: true, code: 20_000 }],
    ['an error message in Chinese about what was done', { errmsg: '操作完成' }],
    ['an error message about what was done', { errorMessage: 'Token invalidated' }],
    ['a code for a token that does not exist', { code: 'TOKEN_NOT_FOUND', message: 'Token not found' }],
    ['a status for it', { status: 'unknown_token' }],
    ['a result for it', { result: 'no_tokens_found' }],
    ['an address for the logout', { logout: 'https://id.example.com/error' }],
    ['JSON with an unreadable name', { success: true, name: '\ufffd' }],
  ])('with %s', (_what, body) => {
    expect(codeOf(answer(200, body))).toBe('ok')
  })
})
