import { expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf } from './testing/code-of.ts'

test.each([
  ["WeChat's limit of a day", 200, { errcode: 45_009, errmsg: 'reach max api daily quota limit rid: x' }],
  ["WeChat's limit of a minute", 200, { errcode: 45_011, errmsg: 'api minute-quota reach limit  must slower' }],
  ["Kakao's limit", 400, { msg: 'API limit has been exceeded.', code: -10 }],
  ["Baidu's limit", 200, { error_code: 18, error_msg: 'Open api qps request limit reached' }],
  ["DingTalk's limit", 403, { code: 'Forbidden.AccessDenied.QpsLimitForApi', message: 'x' }],
  ["Azure's quota", 403, { statusCode: 403, message: 'Out of call volume quota. It will be replenished.' }],
])('recognizes throttling: %s', (_what, status, body) => {
  expect(codeOf(answer(status, body))).toBe('rate_limited')
})

test.each([
  ["WeChat's", 200, { errcode: -1, errmsg: 'system error' }],
  ["Kakao's", 400, { msg: 'internal error', code: -1 }],
  ["Kakao's other one", 400, { msg: 'service temporary unavailable', code: -7 }],
  ["Douyin's, beside a message that says nothing", 200, { data: { description: '系统繁忙' }, message: 'error' }],
  ['one of too much load', 400, { message: 'The server is overloaded' }],
])('recognizes an outage: %s', (_what, status, body) => {
  expect(codeOf(answer(status, body))).toBe('provider_unavailable')
})

test.each(['The token exceeds the limit of 4096 characters', 'Session timeout', 'An error of the system: internal'])(
  'does not retry: %s',
  (message) => {
    expect(codeOf(answer(400, { message }))).toBe('rejected')
  },
)
