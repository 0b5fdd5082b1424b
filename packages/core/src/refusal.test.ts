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
    ['a message beside an error code of 0', { errcode: 0, errmsg: 'system error' }, 'rejected'],
    ['a sentence about an error, alone', { error_description: 'x' }, 'rejected'],
    ['an error beside a message of success', { error: 'E1', message: 'ok' }, 'rejected'],
    ['a code of the provider beside another message', { code: 20_000, message: 'no' }, 'rejected'],
    ['a status of HTTP beside a message of success', { code: 403, message: 'ok' }, 'rejected'],
    ['what introspection says about an active token', { active: true, client_id: 'app' }, 'unexpected_response'],
    ['text in an unknown encoding', '\ufffd\ufffd\ufffd', 'unexpected_response'],
  ])('with %s', (_what, body, code) => {
    expect(codeOf(answer(200, body))).toBe(code)
  })
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
    ['JSON with an unreadable name', { success: true, name: '\ufffd' }],
  ])('with %s', (_what, body) => {
    expect(codeOf(answer(200, body))).toBe('ok')
  })
})
